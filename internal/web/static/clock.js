// Tells times in the reader's own zone. Without a script they stand in UTC, and say so.
"use strict";
{
  const forms = {
    clock: { hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" },
    day: { day: "numeric", month: "short", year: "numeric" },
    moment: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false },
  };
  const page = document.documentElement.lang;
  const own = navigator.languages.find((tag) => tag.split("-")[0] === page.split("-")[0]); // en-GB and en-US write dates differently
  const tell = () => {
    for (const time of document.querySelectorAll("time[data-form]")) {
      const at = new Date(time.dateTime);
      if (isNaN(at)) continue;
      const options = { ...forms[time.dataset.form], numberingSystem: "latn", calendar: "gregory" };
      time.title = time.textContent;
      time.textContent = new Intl.DateTimeFormat(own ?? page, options).format(at);
      delete time.dataset.form;
    }
  };
  tell();
  addEventListener("arrived", tell); // what mailbox.js adds later
}
