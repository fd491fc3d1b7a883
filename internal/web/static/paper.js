// Prints the codes, or saves them as a file that is made here: the server has forgotten them already.
"use strict";
{
  const buttons = document.querySelector("[data-file]");
  buttons.hidden = false;
  buttons.querySelector("[data-print]").addEventListener("click", () => print());
  buttons.querySelector("[data-save]").addEventListener("click", () => {
    const lines = [document.title, ...[...document.querySelectorAll("[data-codes] code")].map((code) => code.textContent), buttons.dataset.use];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/plain;charset=utf-8" }));
    link.download = buttons.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000); // some browsers begin to read it late
  });
}
