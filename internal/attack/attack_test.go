package attack

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"go.uber.org/goleak"

	"twohens/internal/sqlstore"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait")) // keep-alive connections of the tests' own clients
}

// attack is a line of the table.
type attack struct {
	family string
	seen   string // the advisories, the one that the case is named after first
	name   string
	wrong  string // what others got wrong
	holds  string // what must happen
	play   func(p *play)
}

// The families, as docs/threats.md has them.
const (
	poisoned  = "Poisoned link"
	wrongHand = "Secret to the wrong person"
	skipped   = "Step skipped"
	dead      = "Dead or foreign accounts"
	twice     = "Works twice, works for ever"
	sessions  = "Sessions survive"
	told      = "Told by the answer"
	timed     = "Told by the time"
	guessed   = "Guessed"
	sprayed   = "Sprayed"
	locked    = "Locked out by a stranger"
	flooded   = "Flooded"
	chickens  = "Challenge"
	pages     = "Page and mail"
	second    = "Second factor skipped"
	redirects = "Open redirect"
	scanners  = "Mail scanners"
)

// attacks is all that has broken recovery elsewhere. A new advisory in this field is a new line.
var attacks = []attack{
	{poisoned, "CVE-2016-7903", "Host of another site", "the link was made of the Host header", "mails are the same but for the code", poison("Host: evil.example")},
	{poisoned, "CVE-2025-25198", "Host with a user in front", "Host was looked at for the right name, and the browser took what followed the @", "the same", poison("Host: SELF@evil.example")},
	{poisoned, "CVE-2025-25198", "Host with a port of words", "what followed the colon went into the link", "the same", poison("Host: SELF:@evil.example/")},
	{poisoned, "CVE-2023-49097", "X-Forwarded-Host", "a header of proxies was believed from anybody", "the same", poison("Host: SELF", "X-Forwarded-Host: evil.example")},
	{poisoned, "CVE-2025-64101", "Forwarded", "the same bug for the fourth time, in the standard's header", "the same", poison("Host: SELF", "Forwarded: for=192.0.2.1;host=evil.example;proto=https")},
	{poisoned, "CVE-2025-64101", "X-Forwarded-Proto and all its kin", "each header of proxies was mended by itself", "the same", poison("Host: SELF", "X-Forwarded-Proto: javascript", "X-Forwarded-Port: 1",
		"X-Forwarded-Server: evil.example", "X-Forwarded-Prefix: //evil.example", "X-Host: evil.example", "X-HTTP-Host-Override: evil.example",
		"X-Original-URL: //evil.example/", "X-Rewrite-URL: //evil.example/", "Origin-Host: evil.example", "Referer: http://evil.example/")},
	{poisoned, "CVE-2017-9303", "absolute-form target", "the target's host went into the link, past the check of Host", "the same", poison("TARGET http://evil.example", "Host: SELF")},
	{poisoned, "CVE-2016-7903", "two Hosts", "the check saw the first, the link was made of the second", "the same, or refused", poison("Host: SELF", "Host: evil.example")},
	{poisoned, "CVE-2016-7903", "a folded Host", "a line that goes on was joined by one server and not by the next", "the same, or refused", poison("Host: SELF", " evil.example")},
	{poisoned, "CVE-2023-49097", "Host in the API", "pages were mended and the API was not", "the same", poisonCalls},
	{poisoned, "CVE-2025-64101", "Host in a text", "mails were mended and texts were not", "the text is the same but for the code", poisonText},

	{wrongHand, "CVE-2023-7028", "lists in a form", "email[] with two addresses sent the same code to both", "refused, or to the account's own address alone", manyForms},
	{wrongHand, "CVE-2023-7028", "lists in a call", "a JSON array, as above", "the same", manyCalls},
	{wrongHand, "CVE-2023-7028", "two addresses in one", "a comma, a space or a line end made two of one", "the same", twoInOne},
	{wrongHand, "CVE-2019-19844", "Unicode twins", "found by one notion of equal, sent to what was typed", "to the account's own spelling or nowhere", unicodeTwins},
	{wrongHand, "casdoor#3607 CVE-2026-8206 CVE-2017-18908", "destination named by the client", "where to send to came out of the form", "the same", namedDestination},
	{wrongHand, "CVE-2017-18908", "number named by the client", "the same, by text", "to the account's own number or nowhere", namedNumber},

	{skipped, "CVE-2026-18963", "another way in the middle", "to try another way counted the step as done", "no proof, no reset", anotherWay},
	{skipped, "CVE-2026-18963", "every page in every state", "a later page was there for whoever knew its address", "no proof, no reset", everyPage},
	{skipped, "CVE-2026-18963", "every call in every state", "the same, by the API", "no proof, no reset", everyCall},
	{skipped, "CVE-2026-7507", "another's request", "the proof of one account set the password of another", "the proof counts for its own account alone", anothersRequest},
	{skipped, "CVE-2019-16109", "blank codes", "a blank code was equal to a blank column", "no proof", blankCodes},
	{skipped, "CVE-2019-16109", "blank links and grants", "the same, in links", "no proof, no reset", blankSecrets},
	{skipped, "CVE-2013-0233", "codes that are no text", "0 was equal to every text, null to none", "refused", oddCodes},
	{skipped, "CVE-2024-37897", "one's own code", "a code was good for whoever was named beside it", "no proof", ownCode},
	{skipped, "CVE-2026-18963", "two tabs", "two requests in one browser were taken for one", "each has its own state", twoTabs},

	{dead, "CVE-2024-39836", "disabled", "recovery worked, and signed in", "the same answers, nothing sent, nothing revived", disabled},
	{dead, "CVE-2023-48220", "disabled on the way", "what was sent before went on working", "code, link and grant are dead", disabledOnTheWay},
	{dead, "CVE-2023-48220", "deleted on the way", "the row was gone, and what had been sent made it again", "no password is set, nothing is sent, nobody can sign in", deletedOnTheWay},
	{dead, "CVE-2026-29069", "nobody's", "recovery made the account", "the same answers, nothing sent, nobody can sign in", nobodys},

	{twice, "CVE-2024-41888", "all of it again", "links worked until they were over, used or not", "nothing that was used works again", again},
	{twice, "CVE-2026-52809", "twenty at once", "checked, then marked as used", "one proof", atOnce},
	{twice, "CVE-2023-1976", "after a new one was asked for", "old links stayed good beside the new ones", "one use ends them all", afterResend},
	{twice, "CVE-2016-11074 CVE-2024-41890", "after the password was changed", "older links worked after a change", "dead", afterChange},
	{twice, "CVE-2026-26060", "after another recovery", "the link of one outlived the other", "dead", afterAnother},
	{twice, "CVE-2024-41890", "after the address was changed", "the mailbox that was given up could still recover", "dead", afterAddress},
	{twice, "CVE-2024-41890", "after the number was given up", "whoever got the number next could still recover", "dead, and no more texts go there", afterNumber},
	{twice, "CVE-2026-31875", "code over", "the end was written down and not looked at", "refused", codeOver},
	{twice, "CVE-2026-31875", "request and link over", "the same", "refused", requestOver},
	{twice, "CVE-2026-26060", "grant over", "the page for the new password stayed open for ever", "refused", grantOver},

	{sessions, "CVE-2026-22706 CVE-2022-23502", "five sessions", "a thief who was signed in stayed so", "all ended, and no other account's", fiveSessions},
	{sessions, "CVE-2026-34828 CVE-2026-27575 CVE-2015-8314", "five sessions, by the link", "the same, in one of several ways", "all ended", fiveSessionsByLink},

	{told, "CVE-2022-39307 CVE-2026-23511 CVE-2024-41952 CVE-2017-5537 CVE-2021-21424 craftcms#17338", "pages", "a page, an error or a header was another", "the same bytes for every kind of account", tellingPages},
	{told, "CVE-2024-41952", "calls", "the same, in the API", "the same members", tellingCalls},
	{told, "CVE-2026-23511", "questions", "the questions, or their number, were asked of accounts alone", "the same bytes but for the questions, and as many of them", tellingQuestions},
	{told, "CVE-2022-39307", "sign-in", "the sign-in told it", "the same bytes", tellingSignIn},

	{timed, "keycloak#26625 CVE-2023-1538 CVE-2022-36105 SS-2017-005", "a mail server that hangs", "the mail was sent inside the request", "answers come before any mail is taken", slowMail},

	{guessed, "CVE-2025-64102", "forty at once", "tries were counted after they were judged", "five are judged, and the right code comes too late", fortyAtOnce},
	{guessed, "CVE-2020-10876", "many requests", "each request had tries of its own", "fifteen a day on an account, the right code comes too late", manyRequests},
	{guessed, "CVE-2026-29794 CVE-2022-0777", "spoofed networks", "a header chose which bucket is charged", "the connection's network is charged", spoofedNetworks},
	{guessed, "CVE-2025-24806", "other spellings", "two names of one account had a budget each", "one budget", otherSpellings},
	{guessed, "CVE-2026-35597", "another way and back", "changing the way gave new tries", "the tries stay used", triesStayUsed},
	{guessed, "CVE-2026-35597", "restart in the middle", "tries were counted in memory", "the tries stay used", restart},

	{sprayed, "ory/kratos#4606", "one code over many accounts", "six digits, and as many requests at once as one liked", "no account has more tries than its own", spray},
	{sprayed, "ory/kratos#4606", "one code over many accounts, with the brake", "nobody looked at all accounts together", "typed codes are paused, links are not", brake},

	{locked, "otari#708", "a day of resends and guesses", "each resend killed the owner's link", "the owner gets in by the link", lockedOut},
	{locked, "otari#708", "all messages and sign-ins of an account, from everywhere", "what a stranger used up was the owner's too", "a browser that was there before has its own", usedUp},
	{locked, "otari#708", "requests without end that send nothing", "what a stranger began kept the owner from it", "each network has a share of an address", addressUsedUp},

	{flooded, "zitadel#12622 keycloak#16574", "a hundred clicks", "each click sent a mail", "one mail", clicks},
	{flooded, "kratos#1835 ltb#401", "request after request", "each request sent a mail", "the account's limit, in silence", manyMails},
	{flooded, "ltb#165", "request after request, by text", "each sent a text that costs money", "the number's limit, in silence", manyTexts},

	{chickens, "WSTG-ATHN-03", "none, blank, made up", "no answer was a right answer", "refused", noChallenge},
	{chickens, "base64Captcha", "an unknown id, blank answer", "what is not there was equal to a blank", "refused", unknownChallenge},
	{chickens, "WSTG-ATHN-03", "over", "an answer was good for ever", "refused", staleChallenge},
	{chickens, "CVE-2023-1539", "used again", "one answer opened as many requests as one liked", "refused", spentChallenge},
	{chickens, "WSTG-ATHN-03", "edited", "parts that were not under the seal", "refused", editedChallenge},
	{chickens, "WSTG-ATHN-03", "another action's, another site's", "an answer was good anywhere", "refused", foreignChallenge},

	{pages, "CVE-2021-27909 CVE-2021-21332", "what was typed as HTML", "the address was shown as it came", "inert", typedHTML},
	{pages, "CVE-2020-11063", "headers in an address", "a line end in an address made a header", "refused, nothing sent", typedHeaders},
	{pages, "CVE-2016-9450", "caches", "the page with the secret was kept by a cache", "no-store on every page of the walk", caches},
	{pages, "CVE-2026-29192", "a script on another page", "another page could have the browser set a password", "refused; no inline script runs", crossSite},
	{pages, "CVE-2024-41256", "a mail server with a bad certificate", "TLS was asked for and not looked at", "nothing is handed over", badCertificate},

	{second, "authboss<3.2.1 gitea#9857", "a reset signs in", "a reset gave a session, past the second factor", "nobody is signed in by it", noSession},

	{redirects, "GHSA-x3f4-v83f-7wp2", "return addresses", "the return address was believed", "only to this site's own places", returns},

	{scanners, "kratos#1142", "twenty previews", "a preview used the link up", "the link works", previews},
}

// title is how a case is called among the tests.
func (a attack) title() string {
	first, _, _ := strings.Cut(a.seen, " ")
	return strings.ReplaceAll(first, "/", "-") + " " + a.name
}

// TestAttack plays every line of the table on both databases, and prints how many held.
func TestAttack(t *testing.T) {
	var mu sync.Mutex
	played, held := map[string]int{}, map[string]int{}
	t.Cleanup(func() { t.Log(summary(played, held)) })
	for _, driver := range []string{sqlstore.SQLite, sqlstore.PostgreSQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			// The plays of a database share one program and come one after the other: each may wait until nothing is left to do.
			w := begin(t, settings(t, driver), nil)
			for family := range families() {
				t.Run(family, func(t *testing.T) {
					for _, a := range attacks {
						if a.family != family {
							continue
						}
						ok := t.Run(a.title(), func(t *testing.T) { a.play(&play{world: w, T: t, driver: driver}) })
						mu.Lock()
						played[family]++
						if ok {
							held[family]++
						}
						mu.Unlock()
					}
				})
			}
			if t.Failed() && os.Getenv("ATTACK_LOG") != "" {
				t.Log(w.log)
			}
		})
	}
}

// families are the families in the order of the table.
func families() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i, a := range attacks {
			if i > 0 && attacks[i-1].family == a.family {
				continue
			}
			if !yield(a.family) {
				return
			}
		}
	}
}

func summary(played, held map[string]int) string {
	var out bytes.Buffer
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nfamily\tcases\theld")
	var all, ok int
	for family := range families() {
		fmt.Fprintf(table, "%s\t%d\t%d\n", family, played[family], held[family])
		all, ok = all+played[family], ok+held[family]
	}
	fmt.Fprintf(table, "all\t%d\t%d\n", all, ok)
	table.Flush()
	return out.String()
}
