package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Whatever is sent to a route, by whatever method and with whatever cookies, there is an answer in words that keeps to R-101, and never
// a 5xx.
func FuzzRoutes(f *testing.F) {
	s := newSite(f, everyWay)
	handler := s.web.guard(s.web.routes())
	table := s.web.table()
	// What is sent signs people out, uses up their tries and sets their passwords. So every now and then others take their places, of an account
	// that nobody has used yet.
	casts := 0
	cast := func(t *testing.T) (jar []string) {
		s.t, casts = t, casts+1
		ann := s.equipped(fmt.Sprintf("ann%d@fernbank.example", casts), fmt.Sprintf("+346123%05d", casts))
		proving, resetting, inside, asked, paper := s.browser(), s.browser(), s.browser(), s.browser(), s.browser()
		resetting.proves(ann.at, 3)
		asked.begins(ann.at)
		asked.takes("questions")
		paper.begins(ann.at)
		paper.takes("saved")
		proving.asks(ann.at)
		inside.signsIn(ann.at, old)
		inside.expect(inside.get("/account"), 200, inside.text("account.title"))
		for _, b := range []*browser{proving, resetting, inside, asked, paper} {
			for _, name := range []string{cookieRequest, cookieGrant, cookieSignIn} {
				if value := b.cookie(name); value != "" {
					jar = append(jar, "__Host-"+name+"="+value)
				}
			}
		}
		return jar
	}
	const together = 200 // inputs that one cast stands for
	var jar []string
	inputs := 0
	const form = "application/x-www-form-urlencoded"
	paths := make([]string, len(table))
	for i := range table {
		paths[i] = s.fill(table[i].Path)
		f.Add(uint(i), "lang=es&said=wrong&next=//x", form, "address=ann%40fernbank.example&plain=x&pick=1&pick=2", uint(0), "")
		f.Add(uint(i), "", form, "code=11112222&claim=AAAAAAAAAAAAAAAAAAAAAA", uint(1), "")
		f.Add(uint(i), "", form, "password=correct%20horse&current=x&action=advise&username=x&session=AAAA", uint(2), "")
		f.Add(uint(i), "said=missed", form, "answer-1=x&answer-2=%F0%9F%90%94&answer-13=y&claim=AAAAAAAAAAAAAAAAAAAAAA", uint(16), "")
		f.Add(uint(i), "said=empty", form, "saved=0123-4567-89ab-cdef&answer-1=", uint(32), "")
		f.Add(uint(i), "next=phone&contact=AAAAAAAAAAAAAAAAAAAAAA&said=lost", form, "address=b%40fernbank.example&number=%2B34600123457&country=ES&current=x&next=codes", uint(8), "")
		f.Add(uint(i), "said=added", form, "question-1=first-book&answer-1=%F0%9F%90%94&question-2=first-book&answer-2=&made=x&language=ar&action=file", uint(8), "")
		f.Add(uint(i), "lang=xx", "text/plain", "response=x&action=listen", uint(3), "__Host-twohens-lang=ar; a")
		f.Add(uint(i), "%zz;&&", form+"; charset=x", "address[]=\xff&%zz&;", uint(4), "=;\x00")
	}
	f.Fuzz(func(t *testing.T, n uint, query, contentType, body string, cookies uint, cookie string) {
		if inputs%together == 0 {
			jar = cast(t)
		}
		inputs++
		route, path := table[n%uint(len(table))], paths[n%uint(len(table))]
		r := httptest.NewRequest(route.Method, "https://fernbank.example/", strings.NewReader(body))
		r.URL = &url.URL{Path: path, RawQuery: query}
		r.Header["Content-Type"] = []string{contentType}
		r.Header["Accept-Language"] = []string{contentType}
		r.Header["Cookie"] = []string{cookie}
		for i, one := range jar {
			if cookies>>i&1 == 1 {
				r.Header["Cookie"] = append(r.Header["Cookie"], one)
			}
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		a := answer{w.Code, w.Header(), w.Body.String(), w.Result().Cookies()}
		checkAnswer(t, true, r, a)
		if a.status >= 500 {
			t.Fatalf("%s %s: %d %s\n%s", route.Method, path, a.status, words(a.body), s.log)
		}
	})
}

// A form that is taken has one value for each field but the checkboxes, and that is what was sent.
func FuzzForm(f *testing.F) {
	f.Add("address=ann%40fernbank.example&pick=1&pick=2")
	f.Add("a=1&a=2")
	f.Add("a[]=1")
	f.Add("a=%ff;b=%zz&&=&%00=\x00")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/recover?address=query", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		values, status := form(r)
		if (status == http.StatusOK) != (values != nil) {
			t.Fatalf("%d with %v", status, values)
		}
		again, _ := url.ParseQuery(body)
		for name, list := range values {
			if len(list) != 1 && name != "pick" || len(list) > 9 || strings.ContainsAny(name, "[]") || !slices.Equal(again[name], list) {
				t.Fatalf("%q is %q", name, list)
			}
		}
	})
}

// Nobody but a listed proxy decides who a client is, and whatever they write, the answer is an address that could be one.
func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:80", "203.0.113.9, 10.1.1.1")
	f.Add("[::ffff:10.0.0.1]:80", "::ffff:1.2.3.4%eth0,")
	f.Add("192.0.2.1:1", "x")
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		got := Client(proxies)(r)
		from, err := netip.ParseAddrPort(peer)
		if got.IsValid() != (err == nil) || got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%v of %q", got, peer)
		}
		plain := from.Addr().Unmap().WithZone("")
		if listed := slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(plain) }); !listed && got != plain {
			t.Fatalf("%v speaks for %v", plain, got)
		}
	})
}
