"""The page of a ballot (page) and what it says: verdict in words, who was present, grounds by article,
reasons why not; and whether single sheets may be downloaded (sheets)."""
