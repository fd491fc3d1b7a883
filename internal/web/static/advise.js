// Asks how strong a password looks without leaving the page. Without a script the same button sends the form, and the answer
// comes with a new page, where the field is empty again: a password is never sent back.
"use strict";
for (const button of document.querySelectorAll("button[value=advise]")) {
  const form = button.form;
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, button));
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const advice = page.getElementById("strength");
      if (!advice) throw new Error("no advice");
      document.getElementById("strength").replaceChildren(...advice.childNodes);
    } catch {
      location.reload(); // the right has run out, or the network: the server says which
    }
  });
}
