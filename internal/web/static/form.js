// Says "Sending" on a button that was pressed, and lets a form go out only once: a second press would cost a second try.
// The button stays enabled, so that it keeps its focus and its name.
"use strict";
const again = 10000; // ms after which a form that led nowhere, as when loading was stopped, can be sent once more
for (const form of document.querySelectorAll("form[method=post]")) {
  let gone = false;
  form.addEventListener("submit", (event) => {
    if (gone) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    gone = true;
    setTimeout(() => { gone = false; }, again);
    const button = event.submitter;
    if (!button || !button.dataset.busy) return;
    const idle = button.textContent;
    button.textContent = button.dataset.busy;
    button.classList.add("busy");
    button.setAttribute("aria-disabled", "true");
    setTimeout(() => {
      button.textContent = idle;
      button.classList.remove("busy");
      button.removeAttribute("aria-disabled");
    }, again);
  });
}
// Going back, browsers may show a page just as it was left, no-store or not: with a card that is spent, a step that is over,
// and the password that was typed. So passwords, and answers that are as good as one, are taken out of a page that is left, and a page
// that comes back is asked for anew: the server knows what belongs there.
addEventListener("pagehide", () => {
  for (const input of document.querySelectorAll("[autocomplete$=-password], [autocomplete=off]")) input.value = "";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
