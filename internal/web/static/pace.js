// Asks once a minute how messages fare, without leaving the page: the same page is asked for again, and its line is put in place of
// this one's. Nothing else of the page changes, so what was typed stays.
"use strict";
{
  const here = document.getElementById("paces");
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = page.getElementById("paces");
      if (there && there.textContent !== here.textContent) here.replaceChildren(...there.childNodes);
    } catch {
      // the line stays as it is; the next minute may go better
    }
  };
  if (here) setInterval(ask, 60000);
}
