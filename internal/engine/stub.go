package engine

import (
	"context"
	"twohens/internal/recovery"
	"twohens/internal/secret"
)

func (e *Engine) savedDigests(r recovery.Request, codes []SavedCode) []string         { panic("x") }
func (e *Engine) questionsFor(r recovery.Request, kept []KeptAnswer) []recovery.Asked { panic("x") }
func (e *Engine) carryConfirm(ctx context.Context, entry Entry) error                 { panic("x") }
func (e *Engine) stop(r recovery.Request) secret.Opaque                               { panic("x") }
