package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// walker makes whole recoveries over the API.
type walker struct {
	base string
	key  string
	sink *sink
	http *http.Client
	next atomic.Int64
	have int  // accounts
	text bool // by telephone, by the accounts that have one
}

func newWalker(base, key string, sink *sink, accounts int) *walker {
	transport := &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true}
	return &walker{base: base, key: key, sink: sink, have: accounts, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

// steps are how long each step of one recovery took.
type steps struct {
	address, choose, arrival, code, password time.Duration
}

// person is an account with an address alone, so that what is told at the end is one mail.
func person(n int) string { return fmt.Sprintf("person%d@bench.example", n) }

// caller is an account with an address and a number.
func caller(n int) (address, phone string) {
	return fmt.Sprintf("caller%d@bench.example", n), fmt.Sprintf("+346001%05d", n)
}

// walk makes one recovery.
func (w *walker) walk(ctx context.Context) (steps, error) {
	var s steps
	n := int(w.next.Add(1))
	way, from := "email", person(n%w.have)
	to := from
	if w.text {
		way = "phone"
		from, to = caller(n % w.have)
	}
	arrived := w.sink.expect(to)
	var opened struct{ Request string }
	client := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	var err error
	if s.address, err = w.post(ctx, "/requests", map[string]string{"address": from, "client": client}, "", "", &opened); err != nil {
		return s, err
	}
	click := time.Now()
	if s.choose, err = w.post(ctx, "/request/way", map[string]string{"way": way}, opened.Request, "", nil); err != nil {
		return s, err
	}
	var came delivery
	select {
	case came = <-arrived:
	case <-time.After(20 * time.Second):
		return s, errors.New("no code after 20 seconds")
	case <-ctx.Done():
		return s, ctx.Err()
	}
	s.arrival = came.at.Sub(click)
	var proved struct{ Outcome, Grant string }
	if s.code, err = w.post(ctx, "/request/code", map[string]string{"code": came.code}, opened.Request, "", &proved); err != nil {
		return s, err
	}
	if proved.Outcome != "proved" {
		return s, fmt.Errorf("the right code was answered by %q", proved.Outcome)
	}
	var set struct{ Outcome string }
	chosen := fmt.Sprintf("tall gate, quiet river %d", n)
	if s.password, err = w.post(ctx, "/password", map[string]string{"password": chosen}, "", proved.Grant, &set); err != nil {
		return s, err
	}
	if set.Outcome != "finished" {
		return s, fmt.Errorf("the new password was answered by %q", set.Outcome)
	}
	return s, nil
}

func (w *walker) post(ctx context.Context, path string, body any, request, grant string, into any) (time.Duration, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, "POST", w.base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	switch {
	case grant != "":
		r.Header.Set("Twohens-Grant", grant)
	case request != "":
		r.Header.Set("Twohens-Request", request)
	default:
		r.Header.Set("Authorization", "Bearer "+w.key)
	}
	begun := time.Now()
	answer, err := w.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	took := time.Since(begun)
	if err != nil {
		return took, err
	}
	if answer.StatusCode >= 300 {
		return took, fmt.Errorf("%s: %s: %s", path, answer.Status, content)
	}
	if into == nil {
		return took, nil
	}
	return took, json.Unmarshal(content, into)
}

// flat out: so many at a time, for as long as asked. It returns recoveries a second.
func (w *walker) flatOut(ctx context.Context, parallel int, duration time.Duration) (float64, error) {
	var done atomic.Int64
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begun := time.Now()
	for range parallel {
		all.Go(func() {
			for time.Since(begun) < duration && ctx.Err() == nil {
				if _, err := w.walk(ctx); err != nil {
					once.Do(func() { failed = err })
					cancel()
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(begun).Seconds(), failed
}

// steady begins so many a second, whether or not the ones before have ended.
func (w *walker) steady(ctx context.Context, rate int, duration time.Duration) ([]steps, error) {
	var mu sync.Mutex
	var took []steps
	var failed error
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for end := time.Now().Add(duration); time.Now().Before(end); {
		<-tick.C
		all.Go(func() {
			s, err := w.walk(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
				return
			}
			took = append(took, s)
		})
	}
	all.Wait()
	return took, failed
}

// percentile of one step over all recoveries.
func percentile(all []steps, p float64, of func(steps) time.Duration) time.Duration {
	list := make([]time.Duration, len(all))
	for i, s := range all {
		list[i] = of(s)
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(len(list)-1, int(p*float64(len(list))))]
}
