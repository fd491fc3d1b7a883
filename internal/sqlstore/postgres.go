package sqlstore

import (
	"context"
	"errors"
)

func openPostgres(ctx context.Context, c Config) (database, error) { return nil, errors.ErrUnsupported }
