// The page's own script: it sends the form by fetch, as many pages do, and needs no code for the challenge. The element holds the
// submit back until there is a response, and then lets it through.
const form = document.querySelector("#form");
const challenge = form.querySelector("scratch-challenge");
const said = document.querySelector("#said");

form.addEventListener("submit", async (e) => {
	e.preventDefault();
	const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
	said.textContent = JSON.stringify(await answer.json(), null, 2);
	challenge.reset(); // a response counts once
});
