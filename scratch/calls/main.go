// Command calls writes the calls of the listening challenge, to listen to and
// to look at: a WAV file of every voice, and one sheet of spectrograms with
// several calls of each.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"twohens/scratch"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", ".", "the directory to write to")
	seed := flag.Uint64("seed", 1, "the first of the seeds")
	draws := flag.Int("draws", 4, "calls of each voice on the sheet")
	slow := flag.Bool("slow", false, "at the slower tempo")
	only := flag.String("only", "", "the sheet of one voice alone")
	flag.Parse()
	if err := write(*out, *only, *seed, *draws, *slow); err != nil {
		log.Fatal("calls: ", err)
	}
}

func write(out, only string, seed uint64, draws int, slow bool) error {
	if draws < 1 {
		return fmt.Errorf("draws must be at least 1")
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	sheet := sheet{}
	for _, v := range scratch.Voices() {
		if only != "" && v.String() != only {
			continue
		}
		var row strip
		for i := range draws {
			wave := scratch.Sample(v, seedOf(seed+uint64(i)), slow)
			if i == 0 {
				if err := os.WriteFile(filepath.Join(out, v.String()+".wav"), wave, 0o644); err != nil {
					return err
				}
			}
			row.calls = append(row.calls, samplesOf(wave))
		}
		row.name = v.String()
		sheet = append(sheet, row)
	}
	if len(sheet) == 0 {
		return fmt.Errorf("no voice %q", only)
	}
	return sheet.write(filepath.Join(out, "voices.png"))
}

func seedOf(n uint64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 24), n) }

// samplesOf reads the samples of a WAV file with the header that scratch writes.
func samplesOf(wave []byte) []float64 {
	const header = 44
	out := make([]float64, (len(wave)-header)/2)
	for i := range out {
		out[i] = float64(int16(binary.LittleEndian.Uint16(wave[header+2*i:]))) / (1 << 15)
	}
	return out
}
