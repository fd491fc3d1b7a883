// Puts in a fresh picture every ten seconds, without leaving the page, unless somebody is just using it.
"use strict";
{
  const main = document.querySelector("main[data-live]");
  const ask = async () => {
    if (document.hidden || main.contains(document.activeElement) && document.activeElement !== document.body) return;
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) return;
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main[data-live]");
      if (there) main.replaceChildren(...there.childNodes);
    } catch {
      // the picture stays as it is
    }
  };
  if (main) setInterval(ask, 10000);
}
