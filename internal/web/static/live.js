// Puts in a fresh picture every ten seconds, without leaving the page, unless somebody is just using it. It says that it is nobody's doing, so that
// a screen that was left alone is signed out in time; then the page is left for the one that asks for a sign-in.
"use strict";
{
  const main = document.querySelector("main[data-live]");
  const ask = async () => {
    if (document.hidden || main.contains(document.activeElement) && document.activeElement !== document.body) return;
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { "Twohens-Live": "1" } });
      if (answer.type === "opaqueredirect") return location.reload();
      if (!answer.ok) return;
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main[data-live]");
      if (there) main.replaceChildren(...there.childNodes);
    } catch {
      // the picture stays as it is
    }
  };
  if (main) setInterval(ask, 10000);
}
