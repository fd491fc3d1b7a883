package scratch

import "encoding/binary"

// CallType is the content type of every call.
const CallType = "audio/wav"

const (
	soundRate     = 16000 // samples a second
	waveHeader    = 44    // bytes
	bytesPerFrame = 2
)

// newWave is a WAV file of so many samples, silent so far: RIFF, PCM, one
// channel, 16 bits. Every browser plays it, in <audio> and in decodeAudioData,
// and it costs nothing to encode.
func newWave(samples int) []byte {
	size := samples * bytesPerFrame
	b := make([]byte, waveHeader+size)
	le := binary.LittleEndian
	copy(b, "RIFF")
	le.PutUint32(b[4:], uint32(waveHeader-8+size))
	copy(b[8:], "WAVEfmt ")
	le.PutUint32(b[16:], 16) // bytes of the format that follow
	le.PutUint16(b[20:], 1)  // PCM
	le.PutUint16(b[22:], 1)  // channel
	le.PutUint32(b[24:], soundRate)
	le.PutUint32(b[28:], soundRate*bytesPerFrame)
	le.PutUint16(b[32:], bytesPerFrame)
	le.PutUint16(b[34:], 8*bytesPerFrame)
	copy(b[36:], "data")
	le.PutUint32(b[40:], uint32(size))
	return b
}
