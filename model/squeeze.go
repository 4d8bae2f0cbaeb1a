package model

import (
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Packs are read whole, so one encoder and one decoder without goroutines of
// their own serve all. They are made when first used: most processes of the
// terminal never do.
var (
	squeezer = sync.OnceValue(func() *zstd.Encoder {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
			zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(128<<10), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // the options are constants of the library
		}
		return enc
	})
	unsqueezer = sync.OnceValue(func() *zstd.Decoder {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPacked))
		if err != nil {
			panic(err)
		}
		return dec
	})
)

func squeeze(dst, b []byte) []byte { return squeezer().EncodeAll(b, dst) }

func unsqueeze(b []byte, limit int) ([]byte, error) {
	out, err := unsqueezer().DecodeAll(b, nil)
	if err != nil || len(out) > limit {
		return nil, errPack
	}
	return out, nil
}
