package recovery_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"twohens/internal/recovery"
)

// The figures of both profiles, as requirements state them. Whoever changes one changes what is promised.
func TestProfiles(t *testing.T) {
	cool := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute}
	classic := recovery.Policy{
		Ways:        []recovery.Way{recovery.WayEmail},
		Digits:      8,
		CodeLife:    15 * time.Minute,
		Extends:     true,
		RequestLife: time.Hour,
		GrantLife:   15 * time.Minute,
		CoolDown:    cool,
		Tries:       5,
		TriesADay:   15,
		TriesInARow: 100,
	}
	strict := recovery.Policy{
		Ways:        []recovery.Way{recovery.WayEmail},
		Digits:      8,
		CodeLife:    10 * time.Minute,
		Extends:     false,
		RequestLife: 10 * time.Minute,
		GrantLife:   10 * time.Minute,
		CoolDown:    cool,
		Tries:       5,
		TriesADay:   15,
		TriesInARow: 100,
	}
	if got := recovery.Classic(); !reflect.DeepEqual(got, classic) {
		t.Errorf("classic is %+v", got)
	}
	if got := recovery.Strict(); !reflect.DeepEqual(got, strict) {
		t.Errorf("strict is %+v", got)
	}
}

// A policy is kept inside the request: it comes back as it was, and its form is what databases already hold.
func TestPolicyText(t *testing.T) {
	p := recovery.Classic()
	p.Ways = append(p.Ways, recovery.WayPhone, recovery.WayQuestions)
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ways":["email","phone","questions"],"digits":8,"code_life":900000000000,"extends":true,` +
		`"request_life":3600000000000,"grant_life":900000000000,` +
		`"cool_down":[60000000000,120000000000,240000000000,480000000000],"tries":5,"tries_a_day":15,"tries_in_row":100}`
	if string(text) != want {
		t.Errorf("written as %s", text)
	}
	var back recovery.Policy
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(p, back) {
		t.Errorf("came back as %+v, %v", back, err)
	}
}

// A request keeps the policy that it began with, whatever becomes of the configuration.
func TestPolicyIsOfTheRequest(t *testing.T) {
	w := clicked(recovery.Classic())
	p := recovery.Policy{Ways: []recovery.Way{recovery.WayPhone}, Tries: 1}
	if w.Policy.Offers(recovery.WayPhone) || !w.Policy.Offers(recovery.WayEmail) || p.Offers(recovery.WayEmail) {
		t.Error("ways on and off")
	}
	none := recovery.Classic()
	none.CoolDown = nil
	n := clicked(none)
	if step := n.does(recovery.Resend{}); step.Outcome != recovery.SentAgain {
		t.Errorf("no cool-down at all: %s", step.Outcome)
	}
}

func TestWayNames(t *testing.T) {
	for way, name := range map[recovery.Way]string{
		recovery.WayEmail: "email", recovery.WayPhone: "phone", recovery.WayQuestions: "questions",
	} {
		if way.String() != name {
			t.Errorf("%q, want %q", way.String(), name)
		}
		if got, err := recovery.ParseWay(name); got != way || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "Email", "email ", "e-mail", "way(9)", "none"} {
		if got, err := recovery.ParseWay(name); err == nil || got != recovery.WayNone {
			t.Errorf("%q is %v", name, got)
		}
	}
	if s := recovery.Way(9).String(); s != "way(9)" {
		t.Errorf("an unknown way prints as %q", s)
	}
	way := recovery.WayPhone
	if err := way.UnmarshalText(nil); err != nil || way != recovery.WayNone {
		t.Errorf("nothing is %v, %v", way, err)
	}
	if err := way.UnmarshalText([]byte("fax")); err == nil || way != recovery.WayNone {
		t.Errorf("fax is %v, %v", way, err)
	}
	for way, code := range map[recovery.Way]bool{
		recovery.WayNone: false, recovery.WayEmail: true, recovery.WayPhone: true, recovery.WayQuestions: false,
	} {
		if way.ByCode() != code {
			t.Errorf("%v by code: %t", way, !code)
		}
	}
}
