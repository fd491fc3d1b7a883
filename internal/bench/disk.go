package main

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// syncTime measures what one wait for the disk costs in a folder: the median of fdatasync after writing a page.
func syncTime(folder string) (time.Duration, error) {
	file, err := os.Create(filepath.Join(folder, "sync"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	page := make([]byte, 4096)
	var took []time.Duration
	for i := range 500 {
		if _, err := file.WriteAt(page, int64(i%64)*4096); err != nil {
			return 0, err
		}
		begun := time.Now()
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
