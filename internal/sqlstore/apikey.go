package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"twohens/internal/gate"
	"twohens/internal/quota"
	"twohens/internal/secret"
)

const selectAPIKey = "SELECT id, name, digest, scopes, origins, quota, made, expires, revoked FROM api_key "

var (
	apiKeyByDigest = both(selectAPIKey + "WHERE digest = ?")
	apiKeyByID     = both(selectAPIKey + "WHERE id = ?")
	apiKeys        = both(selectAPIKey + "ORDER BY made, id")
	insertAPIKey   = both(`
		INSERT INTO api_key (id, name, digest, scopes, origins, quota, made, expires, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	revokeAPIKey = both("UPDATE api_key SET revoked = CASE WHEN revoked = 0 THEN ? ELSE revoked END WHERE id = ?")
)

// APIKey implements gate.APIKeys.
func (s *Store) APIKey(ctx context.Context, digest secret.Digest) (gate.APIKey, error) {
	if digest.IsZero() {
		return gate.APIKey{}, gate.ErrNoAPIKey
	}
	return s.apiKey(ctx, apiKeyByDigest, digest[:])
}

// APIKeyByID implements gate.APIKeys.
func (s *Store) APIKeyByID(ctx context.Context, id string) (gate.APIKey, error) {
	return s.apiKey(ctx, apiKeyByID, text(id))
}

func (s *Store) apiKey(ctx context.Context, query *statement, by any) (gate.APIKey, error) {
	var key gate.APIKey
	found, err := s.one(ctx, query, func(r row) (err error) {
		key, err = scanAPIKey(r)
		return err
	}, by)
	if err != nil {
		return gate.APIKey{}, fmt.Errorf("loading an API key: %w", err)
	}
	if !found {
		return gate.APIKey{}, gate.ErrNoAPIKey
	}
	return key, nil
}

// APIKeys implements gate.APIKeys, the oldest first.
func (s *Store) APIKeys(ctx context.Context) ([]gate.APIKey, error) {
	list, err := all(ctx, s, apiKeys, scanAPIKey)
	if err != nil {
		return nil, fmt.Errorf("loading API keys: %w", err)
	}
	return list, nil
}

// AddAPIKey implements gate.APIKeys.
func (s *Store) AddAPIKey(ctx context.Context, k gate.APIKey) error {
	if k.ID == "" || k.Digest.IsZero() {
		return errors.New("an API key needs an id and a digest")
	}
	scopes := make([]string, len(k.Scopes))
	for i, scope := range k.Scopes {
		scopes[i] = string(scope)
	}
	limit := ""
	if k.Quota != (quota.Limit{}) {
		limit = k.Quota.String()
	}
	return s.change(ctx, durable, "adding an API key", do(insertAPIKey, k.ID, text(k.Name), k.Digest[:],
		strings.Join(scopes, " "), strings.Join(k.Origins, " "), limit, millis(k.Made), millis(k.Expires), millis(k.Revoked)))
}

// RevokeAPIKey implements gate.APIKeys.
func (s *Store) RevokeAPIKey(ctx context.Context, id string, now time.Time) error {
	return s.change(ctx, durable, "revoking an API key", must(gate.ErrNoAPIKey, revokeAPIKey, millis(now), text(id)))
}

func scanAPIKey(r row) (gate.APIKey, error) {
	var (
		k                      gate.APIKey
		sum                    []byte
		scopes, origins, limit string
		made, expires, revoked int64
	)
	if err := r.Scan(&k.ID, &k.Name, &sum, &scopes, &origins, &limit, &made, &expires, &revoked); err != nil {
		return k, err
	}
	k.Digest, k.Made, k.Expires, k.Revoked = digest(sum), moment(made), moment(expires), moment(revoked)
	for scope := range strings.FieldsSeq(scopes) {
		k.Scopes = append(k.Scopes, gate.Scope(scope))
	}
	for origin := range strings.FieldsSeq(origins) {
		k.Origins = append(k.Origins, origin)
	}
	if limit == "" {
		return k, nil
	}
	return k, k.Quota.UnmarshalText([]byte(limit))
}
