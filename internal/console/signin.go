package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"twohens/internal/password"
	"twohens/internal/staff"
)

// SignIn is the sign-in page. Fields: name, password, next.
type SignIn struct {
	Name  string
	Fault string // key; empty: none
	First bool   // came from a page that needs it
	Next  string
}

func (v *visit) home() {
	to := "/lookup"
	if v.session.Role == staff.Operator {
		to = "/deliveries"
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

func (v *visit) signInPage() {
	first := v.r.URL.Query().Get("first")
	v.show(http.StatusOK, "signin", "console.sign_in", SignIn{First: first != "" && first != "/", Next: first})
}

func (v *visit) signIn() {
	name, next := strings.ToLower(strings.TrimSpace(v.r.PostFormValue("name"))), v.r.PostFormValue("next")
	again := func(status int, fault string) {
		v.show(status, "signin", "console.sign_in", SignIn{Name: name, Fault: fault, Next: next})
	}
	typed, err := password.New(v.r.PostFormValue("password"))
	if err != nil {
		again(http.StatusUnprocessableEntity, "console.wrong")
		return
	}
	var limited *staff.Limited
	id, err := v.Staff.SignIn(v.r.Context(), name, typed, client(v.r))
	switch {
	case errors.Is(err, staff.ErrWrong):
		again(http.StatusUnprocessableEntity, "console.wrong")
	case errors.As(err, &limited):
		v.comeBack(limited.After)
		again(http.StatusTooManyRequests, "console.limited")
	case err != nil:
		v.fail(err)
	default:
		if v.session.Name != "" { // one browser, one session
			if err := v.Staff.Table.EndStaffSession(v.r.Context(), v.session.ID); err != nil {
				v.fail(err)
				return
			}
		}
		v.setCookie(cookieStaff, id.Reveal(), staff.Life)
		to, err := url.Parse(next)
		if err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(next, "/") {
			to = &url.URL{Path: "/"}
		}
		http.Redirect(v.w, v.r, local(to), http.StatusSeeOther)
	}
}

func (v *visit) signOut() {
	if err := v.Staff.SignOut(v.r.Context(), v.session); err != nil {
		v.fail(err)
		return
	}
	v.setCookie(cookieStaff, "", -1e9)
	http.Redirect(v.w, v.r, "/signin", http.StatusSeeOther)
}
