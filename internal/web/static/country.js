// Puts a field over the list of countries that keeps only those whose name or calling code holds what is typed: the list has over two
// hundred. Without a script the list is there as it is, and browsers find a line by its first letters.
"use strict";
{
  const few = 12; // as many can be seen at a glance
  const list = document.querySelector("[data-find] select");
  if (list && list.options.length > few) {
    const all = [...list.options];
    const plain = (text) => text.normalize("NFD").replace(/[\p{M}\u200e]/gu, "").toLowerCase();
    const find = document.createElement("input");
    find.type = "search";
    find.id = "find";
    find.autocomplete = "off";
    find.spellcheck = false;
    find.setAttribute("aria-controls", list.id);
    const label = document.createElement("label");
    label.htmlFor = find.id;
    label.textContent = list.parentElement.dataset.find;
    const none = document.createElement("p");
    none.className = "hint";
    none.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "finder";
    box.append(label, find, none);
    list.parentElement.prepend(box);
    find.addEventListener("input", () => {
      const chosen = list.value;
      const typed = plain(find.value.trim());
      const left = all.filter((option) => option.value && plain(option.text).includes(typed));
      none.textContent = left.length ? "" : list.parentElement.dataset.none;
      if (!left.length) return;
      list.replaceChildren(...(typed ? left : all));
      const begins = left.find((option) => plain(option.text).startsWith(typed));
      list.value = typed ? (begins ?? left[0]).value : chosen;
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return; // which would send the form
      event.preventDefault();
      list.focus();
    });
  }
}
