// Opens an article of the help beside the step that it is about, without leaving the page: what was typed stays. Without a script, or
// when the article cannot be had, the link is an ordinary one.
"use strict";
for (const drawer of document.querySelectorAll("details.drawer")) {
  let dialog, sheet, from;
  const build = () => {
    dialog = document.createElement("dialog");
    dialog.className = "beside-walk";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "also small";
    close.textContent = drawer.dataset.close;
    close.addEventListener("click", () => dialog.close());
    sheet = document.createElement("div");
    sheet.className = "sheet";
    dialog.append(close, sheet);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close(); // the dimmed part around it
      else follow(event);
    });
    dialog.addEventListener("close", () => from && from.focus());
    document.body.append(dialog);
  };
  const show = async (link) => {
    try {
      const answer = await fetch(link.href, { redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const article = page.querySelector("main .sheet");
      if (!article) throw new Error("no article");
      for (const other of article.querySelectorAll(".trail, .helpful")) other.remove();
      if (!dialog) build();
      if (!dialog.open) from = link;
      sheet.replaceChildren(...article.childNodes);
      const head = sheet.querySelector("h1");
      if (head) {
        head.id = "beside-head";
        dialog.setAttribute("aria-labelledby", head.id);
        head.tabIndex = -1;
      }
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
      if (head) head.focus();
    } catch {
      location.href = link.href;
    }
  };
  const follow = (event) => {
    const link = event.target.closest('a[href^="/help/"]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link);
  };
  if (window.HTMLDialogElement) drawer.addEventListener("click", follow);
}
