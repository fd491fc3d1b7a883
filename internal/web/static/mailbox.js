// Shows mails as they arrive. Every event is only a reason to look: the list comes from the page itself, so it is the same
// with and without a script.
"use strict";
{
  const list = document.getElementById("mails");
  if (list) {
    const look = async () => {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("mails");
      const known = new Set([...list.children].map((mail) => mail.id));
      for (const mail of [...fresh.children].reverse()) {
        if (!known.has(mail.id)) list.prepend(document.adoptNode(mail));
      }
      dispatchEvent(new Event("arrived"));
      const empty = document.getElementById("empty");
      if (empty) empty.hidden = list.children.length > 0;
      const said = document.getElementById("arrived");
      const newest = list.querySelector("h2");
      if (said && newest) said.textContent = newest.textContent;
    };
    const events = new EventSource(list.dataset.events);
    events.addEventListener("mail", look);
    events.addEventListener("open", look); // what came while the connection was down
    addEventListener("pagehide", () => events.close());
  }
}
