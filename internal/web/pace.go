package web

import (
	"context"
	"net/http"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
	"twohens/internal/web/page"
)

// paces tells how messages fare for everyone, where the chosen way sends one: to the domain of the address as it was typed, or to the countries
// that the site sends texts to. To which of them this person's goes only the account knows, so it is not told: with several
// countries, those are named in which something is wrong.
func (w *Web) paces(ctx context.Context, view recovery.View) []page.Pace {
	var list []page.Pace
	add := func(lane engine.Lane, place engine.Place, usual bool) {
		pace, err := w.Engine.Pace(ctx, lane, place)
		if err != nil {
			w.Log.WarnContext(ctx, "how messages fare could not be read", "err", err)
			return
		}
		if pace.State == engine.PaceUnknown || pace.State == engine.PaceUsual && !usual {
			return
		}
		list = append(list, page.Pace{
			State: string(pace.State), Text: lane == engine.LaneText, Place: string(place), Minutes: max(1, int(pace.Took/time.Minute)),
		})
	}
	switch view.Way {
	case recovery.WayEmail:
		if typed, err := contact.ParseEmail(view.Address); err == nil {
			add(engine.LaneMail, engine.PlaceOf(typed.Contact()), true)
		}
	case recovery.WayPhone:
		countries := w.Engine.Texts.Countries
		for _, country := range countries {
			add(engine.LaneText, engine.Place(country), len(countries) == 1)
		}
	}
	return list
}

// pacesOf is paces for an article about messages by a way, if this browser has a request that waits for one.
func (w *Web) pacesOf(r *http.Request, slug string) []page.Pace {
	ways := map[string]recovery.Way{"email": recovery.WayEmail, "sms": recovery.WayPhone}
	way, about := ways[slug]
	holder := w.secretCookie(r, cookieRequest)
	if !about || holder.IsZero() {
		return nil
	}
	view, err := w.Engine.View(r.Context(), holder)
	if err != nil || view.State == recovery.Closed {
		return nil
	}
	view.Way = way
	return w.paces(r.Context(), view)
}
