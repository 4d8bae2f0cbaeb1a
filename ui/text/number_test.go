package text_test

import (
	"testing"

	"holdfast/ui/text"
)

func TestThousandsStandApart(t *testing.T) {
	for n, want := range map[int]string{
		0: "0 rows", 1: "1 row", 940: "940 rows", 1000: "1,000 rows", 12480: "12,480 rows", 123456: "123,456 rows", 1234567: "1,234,567 rows", -940: "-940 rows", -12480: "-12,480 rows",
	} {
		if got := text.Count(n, "row", "rows"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
