"""What is asked of every page and state: axe, a name for every control, and borders that can be seen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pages import fits

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# All that another theme can change.
COLOURS = ["color-contrast", "link-in-text-block"]
# What people type into, choose from or press, by the roles that screen readers tell.
CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "option",
    "radio",
    "searchbox",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
}
MIN_CONTRAST = 3
# The controls whose border, or that of a box closely around them, stands out by less than `least` from what is behind.
FAINT_BORDERS = """(least) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const channel = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const contrast = (a, b) => {
        const [dark, bright] = [light(a), light(b)].sort((one, other) => one - other);
        return (bright + 0.05) / (dark + 0.05);
    };
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = rgba(getComputedStyle(element).backgroundColor);
            if (colour[3] > 250) return colour;
        }
        return [255, 255, 255, 255];
    };
    const standsOut = (element) => {
        const { borderBottomColor, borderBottomStyle, borderBottomWidth } = getComputedStyle(element);
        const colour = rgba(borderBottomColor);
        const isThere = borderBottomStyle !== "none" && parseFloat(borderBottomWidth) > 0 && colour[3] > 250;
        return isThere && contrast(colour, behind(element.parentElement)) >= least;
    };
    const isLarge = (box, inner) => box.width * box.height > 4 * inner.width * inner.height + 4000;
    return [...document.querySelectorAll("input, select, textarea")]
        .filter((control) => control.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((control) => !["hidden", "checkbox", "radio", "file", "range"].includes(control.type))
        .filter((control) => !control.disabled)
        .filter((control) => {
            const inner = control.getBoundingClientRect();
            if (inner.width < 2 || inner.height < 2) return false;
            for (let box = control, steps = 0; box && steps < 4; box = box.parentElement, steps++) {
                if (isLarge(box.getBoundingClientRect(), inner)) break;
                if (standsOut(box)) return false;
            }
            return true;
        })
        .map((control) => control.outerHTML.slice(0, 200));
}"""


def axe(page: Page, **options: Any) -> list[str]:
    """What axe finds, in words."""
    found = Axe().run(page, options=options)
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:200] for node in violation['nodes'][:4]]}"
        for violation in found.response["violations"]
    ]


def nameless(page: Page) -> list[str]:
    """The controls of which a screen reader could not tell what they are for."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        f"nameless: {node}"
        for node in nodes
        if not node["ignored"]
        and node.get("role", {}).get("value") in CONTROLS
        and not node.get("name", {}).get("value", "").strip()
    ]


def faint(page: Page) -> list[str]:
    return [f"faint border: {html}" for html in page.evaluate(FAINT_BORDERS, MIN_CONTRAST)]


def problems(page: Page) -> list[str]:
    """All that is wrong with what is shown: in light, in dark, and at 360 px."""
    page.mouse.move(0, 0)
    found = {"light": [*axe(page, runOnly=RULES), *nameless(page), *faint(page)]}
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found["dark"] = [*axe(page, runOnly={"type": "rule", "values": COLOURS}), *faint(page)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    found["narrow"] = [*axe(page, runOnly=RULES), *nameless(page), *([] if fits(page) else ["wider than the screen"])]
    return [f"{look}: {problem}" for look, listed in found.items() for problem in listed]


def expect_no_violations(page: Page) -> None:
    """Whatever axe finds in a state that is no line of ``states.py`` yet, as it is shown now."""
    page.mouse.move(0, 0)
    found = axe(page, runOnly=RULES)
    assert not found, "\n".join(found)
