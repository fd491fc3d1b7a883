package engine

import "twohens/internal/secret"

// A claim is 128 random bits that the page of a proof's form is given anew each time and that the form brings along. The right
// that a proof gives is made from it. So when a form goes out twice, by a hurried second press, or because the first answer was
// lost on its way to a phone, the second answer gives the same right once more: it is the same proof.
//
// The claim alone gives nothing: the right takes the secret that the browser or the mail holds as well. And whoever knows only
// that one, having planted it, does not know the claim.

// claimed is what a claim stands for together with what its form was sent under.
func (e *Engine) claimed(purpose string, under, claim secret.Opaque) secret.Opaque {
	return e.Decoys.DeriveOpaque(purpose, []byte(under.Reveal()), []byte(claim.Reveal()))
}
