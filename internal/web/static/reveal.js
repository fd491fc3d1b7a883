// Adds a button that shows what was typed as a password. Without a script there is no such button.
"use strict";
for (const box of document.querySelectorAll("[data-show]")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  const word = () => {
    const shown = input.type === "text";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-pressed", String(shown));
  };
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    word();
    input.focus();
  });
  // A password that was shown must not be kept by the browser as ordinary text.
  input.form.addEventListener("submit", () => { input.type = "password"; word(); });
  box.append(button);
  word();
}
