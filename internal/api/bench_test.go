package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// What the API itself costs: routing, reading, writing, all headers, and nothing behind it.
func BenchmarkExchange(b *testing.B) {
	bare := operation{method: "POST", status: 201, exchange: answering(func(_ *api, _ *http.Request, in opening) (opened, error) {
		return opened{Request: in.Address}, nil
	})}
	mux := http.NewServeMux()
	mux.Handle("POST "+Prefix+"/requests", new(api).handler(bare))
	s := newSite(b, open)
	a := &api{Deps: Deps{Log: s.engine.Log}, origin: "https://recover.fernbank.example"}
	a.PublicURL = mustURL("https://recover.fernbank.example")
	handler := a.guard(mux)
	serve(b, handler, func(int64) call {
		return call{path: "/requests", body: `{"address":"ann@fernbank.example","locale":"en","client":"192.0.2.7"}`}
	}, 201)
}

// The address step with everything behind it: key, gate, SQLite with its wait for the disk.
func BenchmarkOpen(b *testing.B) {
	s := newSite(b, wideOpen)
	serve(b, s.server.Config.Handler, func(i int64) call {
		return call{path: "/requests", key: s.key, body: fmt.Sprintf(`{"address":"nobody%d@fernbank.example","client":"192.0.2.7"}`, i)}
	}, 201)
}

// Looking at a request: one read.
func BenchmarkSee(b *testing.B) {
	s := newSite(b, wideOpen)
	request := s.opens("ann@fernbank.example")
	serve(b, s.server.Config.Handler, func(int64) call { return call{path: "/request", request: request} }, 200)
}

// serve sends calls, one after another and sixteen at a time.
func serve(b *testing.B, handler http.Handler, next func(int64) call, want int) {
	var count atomic.Int64
	one := func(b *testing.B) {
		r := next(count.Add(1)).build(b, "http://recover.fernbank.example")
		r.RemoteAddr = "192.0.2.7:4711"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			b.Errorf("%d %s", w.Code, w.Body)
		}
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			one(b)
		}
	})
	b.Run("many", func(b *testing.B) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				one(b)
			}
		})
	})
}
