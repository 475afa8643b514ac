"""What tests of kanbans, calendars and charts share: making a view of projects, and reading a kanban."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect


def new_view(page: Page, kind: str, **choices: str) -> None:
    """Make a view of projects by its form; the page is that of the view then."""
    page.goto(f"/o/project/v/new/?kind={kind}")
    page.get_by_label("Name").fill(f"My {kind}")
    for label, option in choices.items():
        page.get_by_label(label.replace("_", " "), exact=True).select_option(label=option)
    page.get_by_role("button", name="Create view").click()
    expect(page.get_by_role("heading", name="Projects", exact=True, level=1)).to_be_visible()
    tab = page.get_by_role("navigation", name="Views").locator("[aria-current=page]")
    expect(tab, "one tab is open").to_have_count(1)
    expect(tab, "it is the view's").to_contain_text(f"My {kind}")
    expect(tab, "it is in sight").to_be_in_viewport()
    # What is read from it at once is whole.
    page.wait_for_load_state()


def column(page: Page, label: str) -> Locator:
    return page.locator(".kanban-column").filter(has=page.get_by_role("heading", name=label, exact=True))


def counts(page: Page) -> list[int]:
    return [int(text) for text in page.locator("[data-count]").all_inner_texts()]


def expect_counts(page: Page, counts_: list[int]) -> None:
    """The columns have so many cards, at the latest when the board has been read anew."""
    expect(page.locator("[data-count]")).to_have_text([str(count) for count in counts_], use_inner_text=True)


def labels(page: Page) -> list[str]:
    return page.locator("[data-label]").all_inner_texts()


def filled_columns(page: Page) -> tuple[str, str]:
    """The labels of two neighbouring columns, of which the first has cards."""
    names, numbers = labels(page), counts(page)
    at = next(place for place, number in enumerate(numbers[:-1]) if number)
    return names[at], names[at + 1]


class Kanban(NamedTuple):
    """Two neighbouring columns, how many cards each column has, and the first card of the first with its name."""

    source: str
    target: str
    before: list[int]
    card: Locator
    name: str


def new_kanban(page: Page) -> Kanban:
    """Make a kanban of projects by stage, of which the first of two columns has cards."""
    new_view(page, "kanban", Columns_by="Stage")
    source, target = filled_columns(page)
    card = column(page, source).locator(".board-card").first
    return Kanban(source, target, counts(page), card, card.locator("a").first.inner_text())
