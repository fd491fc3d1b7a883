// Goes on after a second. Without a script the button does; a refresh that nobody can stop would be a barrier (WCAG 2.2.1).
"use strict";
{
  const next = document.querySelector("[data-next]");
  if (next) setTimeout(() => location.replace(next.href), 1000);
}
