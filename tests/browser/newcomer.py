"""Somebody who has never seen the app: reads the words on the screen and taps what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Error, Locator, Page

PATIENCE_MS = 15_000
TAPPED = ("button", "link", "radio", "checkbox")
REQUIRED = "必填"
ONWARD = ("提交", "其余不填，直接核对", "下一步")
"""What one would tap to get on with it, the shortest way first."""


class Newcomer:
    """Counts every tap. Words that are nowhere are a failure, told with what the screen says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def said(self) -> str:
        """All that the screen says."""
        return self.page.locator("body").inner_text()

    def reads(self, *words: str) -> str:
        """Wait until one of these stands on the screen; which one."""
        for _ in range(PATIENCE_MS // 50):
            said = self.said()
            if found := next((each for each in words if each in said), None):
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"nowhere does it say {' or '.join(words)}. The screen says:\n{self.said()}")

    def tap(self, words: str) -> None:
        """Tap what is called so."""
        for _ in range(PATIENCE_MS // 50):
            if (there := self._called(words)) is not None:
                try:
                    there.click(timeout=1_000)
                except Error:
                    continue
                self.taps += 1
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"there is nothing to tap called {words}. The screen says:\n{self.said()}")

    def _called(self, words: str) -> Locator | None:
        for exact in (True, False):
            for role in TAPPED:
                found = self.page.get_by_role(role, name=words, exact=exact)  # type: ignore[arg-type]
                if found.count():
                    return found.first
        return None

    def write(self, question: str, text: str) -> None:
        """Write the answer to a question: typing, and so no tap."""
        asked = self.page.get_by_label(question).and_(self.page.locator("input, textarea")).first
        try:
            asked.fill(text, timeout=PATIENCE_MS)
        except Error:
            raise AssertionError(f"nobody asks {question}. The screen says:\n{self.said()}") from None

    def answer_what_must_be_answered(self, known: Mapping[str, str]) -> None:
        """Every open question that says that it must be answered, by what this person knows."""
        must = re.compile(REQUIRED)
        for role in ("textbox", "searchbox"):
            for box in self.page.get_by_role(role, name=must).all():  # type: ignore[arg-type]
                if not box.input_value():
                    question = self._known(box, known)
                    self.write(question, known[question])
                    if role == "searchbox":
                        self.tap(known[question])
        for group in self.page.get_by_role("group", name=must).all():
            choices = group.get_by_role("radio")
            if choices.count() and not any(each.is_checked() for each in choices.all()):
                question = self._known(group, known)
                group.get_by_role("radio", name=known[question], exact=True).click()
                self.taps += 1

    def _known(self, asked: Locator, known: Mapping[str, str]) -> str:
        name = asked.aria_snapshot()
        question = next((each for each in known if each in name), None)
        assert question, f"what to answer here? {name}\nThe screen says:\n{self.said()}"
        return question

    def file(self, kind: str, known: Mapping[str, str], arrived: tuple[str, ...]) -> str:
        """From home to a filed record: which of the words for having arrived is read."""
        self.tap(kind)
        self.reads(REQUIRED)
        for _ in range(20):
            self.answer_what_must_be_answered(known)
            words = next((each for each in ONWARD if self._called(each)), None)
            assert words, f"how to go on? The screen says:\n{self.said()}"
            before = self.page.url
            self.tap(words)
            if words == "提交":
                return self.reads(*arrived)
            self._gone_on(before)
        raise AssertionError(f"it never ends. The screen says:\n{self.said()}")

    def _gone_on(self, before: str) -> None:
        for _ in range(PATIENCE_MS // 50):
            if self.page.url != before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it does not go on. The screen says:\n{self.said()}")
