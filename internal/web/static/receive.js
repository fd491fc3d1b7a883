// Takes the code out of the text message when it arrives on this device (WebOTP; the message ends in a line with this host and the
// code, R-54). The browser asks the person first. Where there is no such thing, people type, as on every other page.
//
// It fills the field in and leaves the sending to the person. The newest message need not be this request's, and a code that does not
// work costs a try; and a page that goes on by itself takes a reader by surprise (WCAG 3.2.2). So the button is a key press away.
"use strict";
{
  const field = document.querySelector("[autocomplete=one-time-code]");
  const said = document.querySelector("[data-filled]");
  if (field && said && "OTPCredential" in window) {
    const giveUp = new AbortController();
    field.form.addEventListener("submit", () => giveUp.abort());
    addEventListener("pagehide", () => giveUp.abort());
    const take = (message) => {
      if (!message || field.value !== "") return; // whoever types is not interrupted
      field.value = message.code;
      said.textContent = said.dataset.filled;
      if (document.activeElement === field || document.activeElement === document.body) field.form.querySelector("button").focus();
    };
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: giveUp.signal }).then(take, () => {}); // refused or given up: nothing was lost
  }
}
