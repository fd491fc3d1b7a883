package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"twohens/scratch"
)

// canary is what no answer and no log may ever repeat.
const canary = "canary4711"

// Malformed bodies, those of "Secret to the wrong person" among them (CVE-2023-7028, CVE-2017-18908, CVE-2013-0233): each is refused,
// none is echoed, none opens anything.
func TestMalformed(t *testing.T) {
	s := newSite(t, open)
	s.account("ann@fernbank.example")
	request, grant := s.proves("ann@fernbank.example", 1)
	mails := s.box.Taken()
	for name, body := range map[string]string{
		"nothing":                  ``,
		"white space":              "  \n",
		"half an object":           `{"address":"` + canary,
		"an array":                 `[{"address":"canary4711@fernbank.example","client":"192.0.2.7"}]`,
		"a string":                 `"canary4711"`,
		"null":                     `null`,
		"a number":                 `4711`,
		"true":                     `true`,
		"no members":               `{}`,
		"something behind it":      `{"address":"canary4711@fernbank.example","client":"192.0.2.7"} canary4711`,
		"another object behind it": `{"address":"canary4711@fernbank.example","client":"192.0.2.7"}{}`,
		"an array of addresses":    `{"address":["ann@fernbank.example","canary4711@fernbank.example"],"client":"192.0.2.7"}`,
		"an object of addresses":   `{"address":{"0":"ann@fernbank.example","1":"canary4711"},"client":"192.0.2.7"}`,
		"no address":               `{"client":"192.0.2.7"}`,
		"a null address":           `{"address":null,"client":"192.0.2.7"}`,
		"a number for an address":  `{"address":4711,"client":"192.0.2.7"}`,
		"true for an address":      `{"address":true,"client":"192.0.2.7"}`,
		"two addresses":            `{"address":"ann@fernbank.example","address":"canary4711@fernbank.example","client":"192.0.2.7"}`,
		"two spellings":            `{"address":"ann@fernbank.example","Address":"canary4711@fernbank.example","client":"192.0.2.7"}`,
		"an escaped second":        `{"address":"ann@fernbank.example","\u0061ddress":"canary4711@fernbank.example","client":"192.0.2.7"}`,
		"an unknown member":        `{"address":"ann@fernbank.example","client":"192.0.2.7","canary4711":"canary4711"}`,
		"address[]":                `{"address":"ann@fernbank.example","address[]":"canary4711@fernbank.example","client":"192.0.2.7"}`,
		"to":                       `{"address":"ann@fernbank.example","to":"canary4711@fernbank.example","client":"192.0.2.7"}`,
		"a null client":            `{"address":"ann@fernbank.example","client":null}`,
		"no client":                `{"address":"ann@fernbank.example"}`,
		"an empty client":          `{"address":"ann@fernbank.example","client":""}`,
		"a client with a port":     `{"address":"ann@fernbank.example","client":"192.0.2.7:4711"}`,
		"a client with a zone":     `{"address":"ann@fernbank.example","client":"fe80::1%canary4711"}`,
		"no client at all":         `{"address":"ann@fernbank.example","client":"::"}`,
		"two clients":              `{"address":"ann@fernbank.example","client":"192.0.2.7, 192.0.2.8"}`,
		"a challenge with a key":   `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":{"card":"canary4711"}}`,
		"a null challenge":         `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":null}`,
		"a list of challenges":     `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":[]}`,
		"a card that is a number":  `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":{"card":4711}}`,
		"picks that are texts":     `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":{"card":"x","picks":["1"]}}`,
		"picks that are halves":    `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":{"card":"x","picks":[1.5]}}`,
		"picks that are huge":      `{"address":"ann@fernbank.example","client":"192.0.2.7","challenge":{"card":"x","picks":[1e999]}}`,
		"a language with an end":   `{"address":"ann@fernbank.example","client":"192.0.2.7","locale":"en\r\nX: canary4711"}`,
		"a language of words":      `{"address":"ann@fernbank.example","client":"192.0.2.7","locale":"canary4711-canary4711"}`,
		"a language of numbers":    `{"address":"ann@fernbank.example","client":"192.0.2.7","locale":"12"}`,
		"half a pair":              `{"address":"ann@fernbank.example\ud800","client":"192.0.2.7"}`,
		"a pair the wrong way":     `{"address":"ann@fernbank.example\udc00\ud800","client":"192.0.2.7"}`,
		"broken UTF-8":             "{\"address\":\"ann@fernbank.example\xff\",\"client\":\"192.0.2.7\"}",
		"a surrogate in UTF-8":     "{\"address\":\"ann@fernbank.example\xed\xa0\x80\",\"client\":\"192.0.2.7\"}",
		"a bare control character": "{\"address\":\"ann@fernbank.example\n\",\"client\":\"192.0.2.7\"}",
		"a byte order mark":        "\ufeff" + `{"address":"ann@fernbank.example","client":"192.0.2.7"}`,
		"a comment":                `{"address":"ann@fernbank.example"/**/,"client":"192.0.2.7"}`,
		"a last comma":             `{"address":"ann@fernbank.example","client":"192.0.2.7",}`,
		"single quotes":            `{'address':'ann@fernbank.example','client':'192.0.2.7'}`,
		"a deep hole":              `{"address":` + strings.Repeat("[", 7000) + strings.Repeat("]", 7000) + `}`,
		"a deep hole of objects":   `{"address":` + strings.Repeat(`{"address":`, 1000) + "1" + strings.Repeat("}", 1001),
	} {
		a := s.call(call{path: "/requests", method: "POST", key: s.key, body: body, header: http.Header{"Content-Type": {"application/json"}}})
		if a.status != 400 || a.kind() != "malformed" || a.body["detail"] == nil {
			t.Errorf("%s: %v", name, a)
		}
		if strings.Contains(a.text, canary) || strings.Contains(a.text, "4711") {
			t.Errorf("%s is echoed: %v", name, a)
		}
	}
	// The same on every other call with a body, by what they have in common.
	for path, member := range map[string]string{"/request/way": "way", "/request/code": "code", "/request/saved": "code", "/password": "password"} {
		for _, body := range []string{
			``, `{}`, `null`, `[]`, `{"MEMBER":null}`, `{"MEMBER":4711}`, `{"MEMBER":["canary4711"]}`, `{"MEMBER":{"canary4711":true}}`,
			`{"MEMBER":"canary4711","MEMBER":"canary4711"}`, `{"MEMBER":"canary4711","canary4711":1}`, `{"MEMBER":"canary4711"}4711`,
			`{"MEMBER":"canary4711\udfff"}`, "{\"MEMBER\":\"canary4711\xff\"}", `{"MEMBER":true}`, `{"MEMBER":0}`,
		} {
			body = strings.ReplaceAll(body, "MEMBER", member)
			a := s.call(call{path: path, method: "POST", request: request, grant: grant, body: body, header: http.Header{"Content-Type": {"application/json"}}})
			if a.status != 400 || a.kind() != "malformed" || strings.Contains(a.text, "4711") {
				t.Errorf("%s %q: %v", path, body, a)
			}
		}
	}
	for _, body := range []string{
		``, `{}`, `null`, `{"answers":null}`, `{"answers":"canary4711"}`, `{"answers":{"1":"canary4711"}}`, `{"answers":["canary4711",null]}`,
		`{"answers":["canary4711",4711]}`, `{"answers":[["canary4711"]]}`, `{"answers":["a"],"answers":["canary4711"]}`, `{"Answers":["canary4711"]}`,
		`{"answers":["canary4711\udfff"]}`, `{"answers":["` + strings.Repeat(`canary4711","`, 12) + `"]}`, `{"answers":["a","b"],"claim":"canary4711"}`,
	} {
		a := s.call(call{path: "/request/answers", method: "POST", request: request, body: body, header: http.Header{"Content-Type": {"application/json"}}})
		if a.status != 400 || a.kind() != "malformed" || strings.Contains(a.text, "4711") {
			t.Errorf("answers %.80q: %v", body, a)
		}
	}
	for _, way := range []string{"", "pigeon", "Email", "email ", "1"} {
		if a := s.call(call{path: "/request/way", request: request, body: fields{"way": way}}); a.status != 400 {
			t.Errorf("way %q: %v", way, a)
		}
	}
	for _, path := range []string{"/request/resend", "/request/another", "/challenge"} {
		for _, body := range []string{`null`, `[]`, `{"way":"email"}`, `{"canary4711":1}`, `{}{}`, `4711`} {
			if a := s.call(call{path: path, request: request, body: body}); a.status != 400 || strings.Contains(a.text, "4711") {
				t.Errorf("%s %q: %v", path, body, a)
			}
		}
	}
	if strings.Contains(s.log.String(), canary) {
		t.Error("what was sent is in the log")
	}
	time.Sleep(50 * time.Millisecond) // a mail that should not be would be on its way by now
	if now := s.box.Taken(); now != mails {
		t.Errorf("%d mails went out", now-mails)
	}
}

// Addresses that are none: a problem with a reason, which repeats nothing.
func TestAddresses(t *testing.T) {
	s := newSite(t, open)
	for typed, reason := range map[string]string{
		"":                                       "empty",
		"  ":                                     "empty",
		canary:                                   "shape",
		canary + "@@fernbank.example":            "shape",
		canary + "@fernbank.example,b@c.example": "shape",
		canary + "\x00@fernbank.example":         "control",
		canary + "@fernbank.example\r\nBcc: x@y.z": "control",
		canary + "@fernbank.example\u202e":         "control",
		strings.Repeat("a", 300) + "@b.example":    "too-long",
		`"` + canary + `"@fernbank.example`:        "shape",
		canary + "＠fernbank.example":               "shape",
	} {
		a := s.call(call{path: "/requests", key: s.key, body: fields{"address": typed, "client": "192.0.2.7"}})
		reasons, _ := a.body["reasons"].([]any)
		if a.status != 422 || a.kind() != "address" || len(reasons) != 1 || reasons[0] != reason || strings.Contains(a.text, canary) {
			t.Errorf("%q: %v, want %s", typed, a, reason)
		}
	}
}

// Bodies of other kinds and sizes.
func TestMedia(t *testing.T) {
	s := newSite(t, open)
	good := `{"address":"ann@fernbank.example","client":"192.0.2.7"}`
	for _, kind := range []string{
		"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin1",
		"application/jsonp", "text/json", "application/json, text/plain", "application/json;;", "*/*",
	} {
		a := s.call(call{path: "/requests", key: s.key, body: good, header: http.Header{"Content-Type": {kind}}})
		if a.status != 415 || a.kind() != "media-type" {
			t.Errorf("%q: %v", kind, a)
		}
	}
	for name, header := range map[string]http.Header{
		"compressed": {"Content-Encoding": {"gzip"}},
		"two types":  {"Content-Type": {"application/json", "text/plain"}},
	} {
		if a := s.call(call{path: "/requests", key: s.key, body: good, header: header}); a.status != 415 {
			t.Errorf("%s: %v", name, a)
		}
	}
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "APPLICATION/JSON;charset=\"UTF-8\""} {
		if a := s.call(call{path: "/requests", key: s.key, body: good, header: http.Header{"Content-Type": {kind}}}); a.status != 201 {
			t.Errorf("%q: %v", kind, a)
		}
	}
	large := func(n int) string { return good[:len(good)-1] + strings.Repeat(" ", n) + "}" }
	for path, most := range map[string]int{"/challenge/answer": maxBody + scratch.MaxTraceBytes, "/requests": maxBody, "/request/code": maxBody, "/request/answers": maxBody, "/request/saved": maxBody, "/password": maxBody} {
		for name, header := range map[string]http.Header{"told": nil, "in chunks": {"Transfer-Encoding": {"chunked"}}} {
			c := call{path: path, key: s.key, body: large(most), header: header}
			r := c.build(t, s.server.URL)
			if header != nil {
				r.ContentLength = -1
			}
			response, err := s.server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != 413 {
				t.Errorf("%s, %s: %s", path, name, response.Status)
			}
		}
	}
	if a := s.call(call{path: "/requests", key: s.key, body: large(maxBody - len(good))}); a.status != 201 {
		t.Errorf("as large as may be: %v", a)
	}
}

// everything has a member of each kind that bodies have.
type everything struct {
	Text   string   `json:"text"`
	Wish   string   `json:"wish,omitempty"`
	Count  int      `json:"count,omitempty"`
	List   []int    `json:"list,omitempty"`
	Within *opening `json:"within,omitempty"`
}

// What the decoder accepts, encoding/json reads the same, whether the first or the last of two members counts, and writing it
// out and reading it again changes nothing. What it refuses, it does not repeat.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"text":"a"}`, `{"text":"\ud83d\udc14","count":3,"list":[1,2]}`, `{"text":"a","within":{"address":"b","challenge":{"card":"c","picks":[1]}}}`,
		`{"text":"a","text":"b"}`, `{"text":"\ud800"}`, `{"Text":"a"}`, `{"text":null}`, `[`, `{"text":"a","list":null}`, `{"text":"\\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got everything
		if err := decode(body, reflect.ValueOf(&got).Elem()); err != nil {
			if p := err.(*problem); p.kind.Name != malformed.Name || len(p.Detail) > 80 {
				t.Fatalf("%+v", p)
			}
			return
		}
		strict := json.NewDecoder(bytes.NewReader(body))
		strict.DisallowUnknownFields()
		var want everything
		if err := strict.Decode(&want); err != nil {
			t.Fatalf("%q is refused by encoding/json: %v", body, err)
		}
		if !alike(got, want) {
			t.Fatalf("%q is %+v, to encoding/json %+v", body, got, want)
		}
		if first, twice := firsts(body); twice {
			t.Fatalf("%q has a member twice, first %v", body, first)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var second everything
		if err := decode(again, reflect.ValueOf(&second).Elem()); err != nil || !alike(got, second) {
			t.Fatalf("%q, written %q, is %+v: %v", body, again, second, err)
		}
	})
}

// alike takes an empty list and no list for the same.
func alike(a, b everything) bool {
	if len(a.List) == 0 && len(b.List) == 0 {
		a.List, b.List = nil, nil
	}
	for _, e := range [...]*everything{&a, &b} {
		if e.Within != nil && e.Within.Challenge != nil && len(e.Within.Challenge.Picks) == 0 {
			within, challenge := *e.Within, *e.Within.Challenge
			challenge.Picks, within.Challenge = nil, &challenge
			e.Within = &within
		}
	}
	return reflect.DeepEqual(a, b)
}

// firsts finds a name that comes twice in one object.
func firsts(body []byte) (name string, twice bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	var open []map[string]bool // of the objects around; nil for an array
	var names bool             // a name is expected
	for {
		token, err := d.Token()
		if err != nil {
			return "", false
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open, names = append(open, map[string]bool{}), true
				continue
			case '[':
				open, names = append(open, nil), false
				continue
			}
			open = open[:len(open)-1]
			inObject = len(open) > 0 && open[len(open)-1] != nil
			names = inObject
			continue
		case string:
			if names {
				if open[len(open)-1][v] {
					return v, true
				}
				open[len(open)-1][v], names = true, false
				continue
			}
		}
		names = inObject
	}
}

// Whatever is sent to a call, the answer keeps to the description and is never a 5xx.
func FuzzCalls(f *testing.F) {
	s := newSite(f, open)
	calls := operations()
	for i := range calls {
		f.Add(uint(i), `{"address":"ann@fernbank.example","client":"192.0.2.7"}`, "application/json", "AAAAAAAAAAAAAAAAAAAAAA", "Bearer x")
		f.Add(uint(i), `{"way":"email"}`, "text/plain", "", "")
		f.Add(uint(i), `{"code":"12345678"}`, "application/json", "x", "Basic x")
		f.Add(uint(i), `{"answers":["x","y"],"claim":"AAAAAAAAAAAAAAAAAAAAAA"}`, "application/json", "AAAAAAAAAAAAAAAAAAAAAA", "")
		f.Add(uint(i), `{"password":"hens hate tall gates"}`, "application/json", s.key, "Bearer "+s.key)
	}
	for i := range calls { // what is carried by a number is one of the cast below, and a key the site's own
		for n := range 4 {
			f.Add(uint(i), `{"way":"email","code":"12345678","password":"hens hate tall gates"}`, "application/json", fmt.Sprint(n), "key")
			f.Add(uint(i), "{}", "application/json", fmt.Sprint(n), "")
		}
	}
	handler := s.server.Config.Handler
	// What is sent uses up tries and sets passwords. So every now and then others take their places, of an account that nobody has used yet.
	casts, inputs := 0, 0
	var jar map[string]string
	cast := func(t *testing.T) map[string]string {
		s.t, casts = t, casts+1
		at := fmt.Sprintf("ann%d@fernbank.example", casts)
		s.account(at)
		proved, grant := s.proves(at, 1)
		return map[string]string{"0": s.opens(at), "1": s.opens(at), "2": proved, "3": grant}
	}
	const together = 200 // inputs that one cast stands for
	f.Fuzz(func(t *testing.T, n uint, body, contentType, carried, authorization string) {
		if inputs%together == 0 {
			jar = cast(t)
			if a := s.call(call{path: "/request/way", request: jar["1"], body: fields{"way": "email"}}); a.status != 200 {
				t.Fatal(a)
			}
		}
		inputs++
		if one, ok := jar[carried]; ok {
			carried = one
		}
		if authorization == "key" {
			authorization = "Bearer " + s.key
		}
		o := calls[n%uint(len(calls))]
		path := strings.Replace(o.path, "{picture}", "cover?card="+url.QueryEscape(carried), 1)
		r := call{method: o.method, path: path, body: body, header: http.Header{
			"Content-Type": {contentType}, headerRequest: {carried}, headerGrant: {carried}, "Authorization": {authorization},
		}}.build(t, "http://recover.fernbank.example")
		r.RemoteAddr = "192.0.2.7:4711"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
		checkAnswer(t, o.method, path, &a)
		if a.status >= 500 {
			t.Fatal(a)
		}
	})
}
