package sample

import (
	"context"

	"holdfast/sync/export"
	"holdfast/sync/node"
)

// Export notes what was asked for, and tells of a file that was never written.
func (f *Files) Export(ctx context.Context, q node.ExportRequest) (node.ExportReport, error) {
	f.Exported = append(f.Exported, q)
	if err := f.wait(ctx); err != nil {
		return node.ExportReport{}, err
	}
	r := node.ExportReport{Bytes: 48_213}
	switch paper, _ := export.PaperOf(q.Format, q.As); {
	case paper != "":
		r.Lacks = 3
	case q.Format == export.Evidence:
		r.Pack = export.PackReport{File: q.Path, Bytes: r.Bytes, Files: 4, Missing: 2, SHA256: "9c1f7d0a55b1e2f8b83c2a6de9b06f24c4f7a2f1a4c81b0e7c55f3d2a94be610"}
	}
	return r, nil
}
