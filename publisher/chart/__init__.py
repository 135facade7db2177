"""Numbers for a drawing: x in percent, y in em, and the table that stands below it."""
