package api

import (
	"errors"
	"net/http"

	"twohens/internal/engine"
	"twohens/internal/gate"
	"twohens/internal/password"
	"twohens/internal/recovery"
)

// chosen is the new password.
type chosen struct {
	Password string `json:"password" doc:"The new password, exactly as the person typed it." example:"hens hate tall gates" format:"password"`
	Client   string `json:"client,omitempty" doc:"With an API key, and then always: the person's network address, for the records. Without one it is refused."`
}

// set is what became of it.
type set struct {
	Outcome recovery.Outcome `json:"outcome" doc:"What became of the step."`
}

// setPassword sets the new password by the grant that the call carries.
func (a *api) setPassword(r *http.Request, in chosen) (set, error) {
	client, _, err := a.caller(r, in.Client)
	if err != nil {
		return set{}, err
	}
	grant := carried(r, headerGrant)
	if grant.IsZero() {
		return set{}, noGrant.problem()
	}
	typed, err := password.New(in.Password)
	if err != nil { // too long to look at; that it is UTF-8 was seen to when the body was read
		return set{}, passwordProblem(password.Verdict{Reasons: []password.Reason{password.TooLong}, MaxLength: password.Cap})
	}
	outcome, verdict, err := a.Engine.SetPassword(r.Context(), grant, typed, gate.Network(client))
	switch {
	case errors.Is(err, engine.ErrNoRequest):
		return set{}, noGrant.problem()
	case err != nil:
		return set{}, err
	case !verdict.OK():
		return set{}, passwordProblem(verdict)
	}
	return set{Outcome: outcome}, nil
}

// passwordProblem says why a password is not accepted, and nothing about the password itself.
func passwordProblem(v password.Verdict) *problem {
	p := badPassword.at("/password", "")
	for _, reason := range v.Reasons {
		p.Reasons = append(p.Reasons, string(reason))
	}
	if v.Has(password.TooShort) {
		p.MinLength = v.MinLength
	}
	if v.Has(password.TooLong) {
		p.MaxLength = v.MaxLength
	}
	return p
}
