package attack

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the table of attacks into docs/threats.md")

// closer is where a family is tested closer to the code, besides.
var closer = map[string]string{
	poisoned:  "`internal/message`",
	wrongHand: "`internal/web`, `internal/api`, `internal/contact`",
	skipped:   "`internal/recovery` golden matrix, `internal/secret`",
	dead:      "`internal/engine` `TestDisabledOnTheWay`",
	twice:     "`internal/engine`, `internal/sqlstore`",
	sessions:  "`internal/engine`",
	told:      "`internal/web`, `internal/api`",
	timed:     "`internal/silence`, which measures it ([silence.md](silence.md))",
	guessed:   "`internal/engine`, `internal/gate`",
	locked:    "`internal/engine` `TestAttackWeek`",
	flooded:   "`internal/engine` `TestAttackPumping`",
	chickens:  "`scratch`, `scratch/attack forge`",
	pages:     "`internal/web`, `internal/smtpmail`",
	redirects: "`internal/web`",
	scanners:  "`internal/engine`",
}

// threatsTable is the table as docs/threats.md has it.
func threatsTable() string {
	var out strings.Builder
	out.WriteString("| family | seen in | what is played | where besides |\n| --- | --- | --- | --- |\n")
	for family := range families() {
		var seen, played []string
		for _, a := range attacks {
			if a.family != family {
				continue
			}
			for _, advisory := range strings.Fields(a.seen) {
				if !slices.Contains(seen, advisory) {
					seen = append(seen, advisory)
				}
			}
			played = append(played, a.name)
		}
		where := closer[family]
		if where == "" {
			where = "-"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", family, strings.Join(seen, ", "), strings.Join(played, "; "), where)
	}
	return out.String()
}

var threatsForm = regexp.MustCompile(`(?s)\| family \| seen in \|.*?\n\n`)

// docs/threats.md tells of every attack there is and of none that there is not.
func TestThreatsTellOfEveryAttack(t *testing.T) {
	const path = "../../docs/threats.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := threatsTable() + "\n"
	if *write {
		text = threatsForm.ReplaceAllLiteral(text, []byte(want))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(threatsForm.Find(text)); got != want {
		t.Errorf("docs/threats.md tells of other attacks: go test ./internal/attack -run TestThreats -write\n%s", difference(want, got))
	}
}

// Each line of the table says all of itself, once.
func TestAttacksAreWhole(t *testing.T) {
	form := regexp.MustCompile(`^(CVE-\d{4}-\d{4,7}|GHSA(-[0-9a-z]{4}){3}|SS-\d{4}-\d{3}|WSTG-[A-Z]+-\d+|[a-z]+(/[a-z]+)?#\d+|base64Captcha|authboss<3\.2\.1)$`)
	names := map[string]bool{}
	var began []string
	for _, a := range attacks {
		if a.family == "" || a.name == "" || a.wrong == "" || a.holds == "" || a.play == nil || names[a.family+a.title()] {
			t.Errorf("%q is not whole, or is there twice", a.title())
		}
		names[a.family+a.title()] = true
		for _, advisory := range strings.Fields(a.seen) {
			if !form.MatchString(advisory) {
				t.Errorf("%q is no advisory", advisory)
			}
		}
		if n := len(began); n == 0 || began[n-1] != a.family {
			if slices.Contains(began, a.family) {
				t.Errorf("the lines of %s are not together", a.family)
			}
			began = append(began, a.family)
		}
	}
}
