// Asks how strong a password looks without leaving the page. Without a script the same button sends the form, and the answer
// comes with a new page, where the field is empty again: a password is never sent back.
"use strict";
for (const button of document.querySelectorAll("button[value=advise]")) {
  const form = button.form;
  let leave = false;
  form.addEventListener("submit", async (event) => {
    if (event.submitter !== button || leave) return;
    event.preventDefault();
    try {
      // form.action would be the button of that name.
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body: new URLSearchParams(new FormData(form, button)), redirect: "error",
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const advice = page.getElementById("strength");
      if (!advice || !advice.firstChild) throw new Error("no advice");
      document.getElementById("strength").replaceChildren(...advice.childNodes);
    } catch {
      leave = true; // the right has run out, or nothing was typed: the page that answers says which
      form.requestSubmit(button);
    }
  });
}
