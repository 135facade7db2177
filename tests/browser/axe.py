"""axe-core, put into a page as it stands: what it finds wrong, one line each."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.browser.office import ROOT, missing

AXE = ROOT / "collector/pwa/node_modules/axe-core/axe.min.js"
NO_AXE = "axe-core is not installed: npm ci in collector/pwa"
RUN = """async () => {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })
  const said = (id, help) => ({ target }) => `axe ${id} (${help}): ${target.join(' ')}`
  return violations.flatMap(({ id, help, nodes }) => nodes.map(said(id, help)))
}"""


@cache
def _source() -> str:
    if not AXE.is_file():
        missing(NO_AXE)
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds: every rule of WCAG 2.2 A and AA that a program can check, and its good habits."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    found: list[str] = page.evaluate(RUN)
    return found
