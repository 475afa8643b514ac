// <field-groups data-object="…">: the groups of an object's fields. Those that a person has collapsed stay so, in this
// browser, on the pages of all of its records. A group with a mistake in it is open.

class FieldGroups extends HTMLElement {
  connectedCallback() {
    this.collapse();
    this.listeners = { beforeprint: () => this.openAll(), afterprint: () => this.collapse() };
    for (const [name, listener] of Object.entries(this.listeners)) addEventListener(name, listener);
    if (this.isReady) return;
    this.isReady = true;
    // By the click, which is what a person does: browsers tell of a change of groups that were open from the beginning.
    this.addEventListener("click", (event) => {
      const group = event.target.closest("summary")?.closest("[data-group]");
      if (group) this.keep(group.dataset.group, group.open);
    });
  }

  disconnectedCallback() {
    for (const [name, listener] of Object.entries(this.listeners ?? {})) removeEventListener(name, listener);
  }

  // What is printed is the whole.
  openAll() {
    for (const group of this.querySelectorAll("[data-group]")) group.open = true;
  }

  get key() {
    return `groups:${this.dataset.object}`;
  }

  get collapsed() {
    return new Set(JSON.parse(localStorage.getItem(this.key) ?? "[]"));
  }

  collapse() {
    const collapsed = this.collapsed;
    for (const group of this.querySelectorAll("[data-group]")) {
      if (collapsed.has(group.dataset.group) && !group.querySelector(".wrong, :target")) group.open = false;
    }
  }

  keep(name, isCollapsed) {
    const collapsed = this.collapsed;
    if (isCollapsed) collapsed.add(name);
    else collapsed.delete(name);
    localStorage.setItem(this.key, JSON.stringify([...collapsed]));
  }
}

customElements.define("field-groups", FieldGroups);
