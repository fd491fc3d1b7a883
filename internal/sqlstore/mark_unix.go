//go:build unix

package sqlstore

import (
	"errors"
	"os"
	"syscall"
)

// mark puts a lock on a file; nil when another program has it. The lock is the open file's, so it goes with the program even
// when that is killed. The file stays: removing it would let two programs lock two files of one name.
func mark(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	closing := file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, closing
	}
	return nil, errors.Join(err, closing)
}
