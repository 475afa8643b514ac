// What unfold's pages leave out for keyboards and screen readers; its own markup has no place to say it.
(() => {
    const ICONS = {
        left_panel_close: "Show or hide the navigation",
        dock_to_left: "Show or hide the navigation",
        dock_to_right: "Show or hide the navigation",
        close: "Close",
        deployed_code: "What needs attention",
        more_horiz: "Actions",
        search: "Search",
    };
    const REGIONS = [
        ["#nav-sidebar, nav, aside", "Navigation, which scrolls"],
        ["#changelist, .module, .inline-group", "Table, which scrolls"],
        ["dialog, [role=dialog], #changelist-filter", "Panel, which scrolls"],
    ];

    const labelOf = (select) => {
        const label = select.labels?.[0] ?? select.closest("div")?.parentElement?.querySelector("label, h3");
        return label?.textContent.replace("*", "").trim() || select.getAttribute("aria-label") || "Choose";
    };

    const named = {
        // One of each page, around all that is not navigation.
        "#main:not([role])": (main) => main.setAttribute("role", "main"),
        // A list to choose from, which is found by typing.
        "select.select2-hidden-accessible:not([data-named])": (select) => {
            const shown = select.nextElementSibling;
            const box = shown?.querySelector('[role="combobox"]');
            if (!box) return;
            select.dataset.named = "";
            const rendered = shown.querySelector('[role="textbox"]');
            rendered?.removeAttribute("role");
            rendered?.removeAttribute("aria-readonly");
            box.removeAttribute("aria-labelledby");
            box.setAttribute("aria-label", labelOf(select));
        },
        ".select2-search__field:not([aria-label])": (field) => field.setAttribute("aria-label", "Type to find"),
        // Parts that scroll would all have one name.
        ".simplebar-content-wrapper:not([data-named])": (part) => {
            part.dataset.named = "";
            const found = REGIONS.find(([around]) => part.closest(around));
            part.setAttribute("aria-label", found ? found[1] : "Part of the page, which scrolls");
        },
        // What is clicked, and no link and no button.
        "a:not([href]):not([role]), span[x-on\\:click]:not([role])": (element) => {
            if (!element.hasAttribute("x-on:click")) return;
            element.setAttribute("role", "button");
            element.tabIndex = 0;
            const icon = element.textContent.trim();
            if (element.matches(".material-symbols-outlined")) {
                element.setAttribute("aria-label", ICONS[icon] ?? icon.replaceAll("_", " "));
            }
            element.addEventListener("keydown", (event) => {
                if (event.key !== "Enter" && event.key !== " ") return;
                event.preventDefault();
                element.click();
            });
        },
        // Names of pictures, which are no words.
        ".material-symbols-outlined:not([aria-hidden]):not([role])": (icon) => {
            icon.setAttribute("aria-hidden", "true");
            const name = icon.textContent.trim();
            const holder = icon.closest("a, button, label");
            if (holder?.textContent.trim() === name && !holder.title && !holder.hasAttribute("aria-label")) {
                holder.setAttribute("aria-label", ICONS[name] ?? name.replaceAll("_", " "));
            }
        },
    };

    let isDue = false;
    const look = () => {
        isDue = false;
        for (const [selector, name] of Object.entries(named)) document.querySelectorAll(selector).forEach(name);
    };
    const later = () => {
        if (!isDue) requestAnimationFrame(look);
        isDue = true;
    };
    document.addEventListener("DOMContentLoaded", () => {
        look();
        new MutationObserver(later).observe(document.body, { childList: true, subtree: true });
    });
})();
