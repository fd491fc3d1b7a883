package relay

import (
	"net/http"
	"net/url"
	"testing"
)

func FuzzReceipt(f *testing.F) {
	f.Add("ref=m-1&state=1", "application/json", `{"results":[{"ref":"a","state":"delivered"}]}`, "results")
	f.Add("", "application/x-www-form-urlencoded", "ref=m-1&state=DELIVRD", "")
	f.Fuzz(func(t *testing.T, query, kind, body, list string) {
		r := (&fieldReader{set: Receipts{Ref: "ref", State: "state", Said: "said", List: list}})
		receipts, err := r.parse(&http.Request{Header: map[string][]string{"Content-Type": {kind}}, URL: &url.URL{RawQuery: query}}, []byte(body))
		for _, got := range receipts {
			if err != nil || got.Ref == "" || len(got.Ref) > maxRef || got.State == "" || len(got.Said) > 2*MaxSaid+1 {
				t.Fatalf("%+v, %v", got, err)
			}
		}
	})
}
