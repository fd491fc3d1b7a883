// Says "Sending" on a button that was pressed, and lets a form go out only once: a second press would cost a second try.
// The button stays enabled, so that it keeps its focus and its name.
"use strict";
for (const form of document.querySelectorAll("form[method=post]")) {
  let gone = false;
  form.addEventListener("submit", (event) => {
    if (gone) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    gone = true;
    const button = event.submitter;
    if (!button || !button.dataset.busy) return;
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
    button.classList.add("busy");
    button.setAttribute("aria-disabled", "true");
  });
  // Back from the next page: the browser shows this one as it was left.
  addEventListener("pageshow", () => {
    gone = false;
    for (const button of form.querySelectorAll(".busy")) {
      button.textContent = button.dataset.idle;
      button.classList.remove("busy");
      button.removeAttribute("aria-disabled");
    }
  });
}
