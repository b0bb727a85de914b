"""Reads what dechaff wrote with the libraries that others read it with: pyarrow and warcio.

    python check-formats.py target/debug/dechaff
"""

import datetime
import decimal
import io
import itertools
import pathlib
import subprocess
import sys
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DECHAFF = str(pathlib.Path(sys.argv[1]).resolve())
NOISY = "The council met on Monday, as it does.\n\nADVERTISEMENT\n\nThe vote is expected in May.\n"
CLEAN = "The council met on Monday, as it does.\n\nThe vote is expected in May.\n"


def dechaff(*args, stdin):
    return subprocess.run([DECHAFF, *args], input=stdin, check=True, capture_output=True).stdout


def cleaned_and_restored(data, *args):
    with tempfile.TemporaryDirectory() as folder:
        report = f"{folder}/report.jsonl"
        clean = dechaff("filter", "-q", "--report", report, *args, stdin=data)
        return clean, dechaff("restore", "--report", report, stdin=clean)


def table(rows):
    """A table with a column of every kind that pages hold in their own way."""
    texts = [None if i % 7 == 3 else (NOISY if i % 5 == 0 else CLEAN) + str(i) for i in range(rows)]
    day = datetime.date(2024, 5, 1)
    return pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "flag": pa.array([None if i % 3 == 0 else i % 2 == 0 for i in range(rows)], pa.bool_()),
            "share": pa.array([i / 3 for i in range(rows)], pa.float32()),
            "price": pa.array([decimal.Decimal(i) / 100 for i in range(rows)], pa.decimal128(12, 2)),
            "day": pa.array([day + datetime.timedelta(i) for i in range(rows)], pa.date32()),
            "seen": pa.array([datetime.datetime(2024, 5, 1) + datetime.timedelta(hours=i) for i in range(rows)], pa.timestamp("us", "Europe/Berlin")),
            "site": pa.array([f"site {i % 3}" for i in range(rows)]).dictionary_encode(),
            "digest": pa.array([bytes([i % 256] * 16) for i in range(rows)], pa.binary(16)),
            "tags": pa.array([None if i % 4 == 0 else [f"tag {j}" for j in range(i % 4)] for i in range(rows)]),
            "text": pa.array(texts, pa.large_string()),
            "more": pa.array([{"n": i, "inner": {"text": NOISY}} for i in range(rows)]),
            "counts": pa.array([[(f"k{j}", j) for j in range(i % 3)] for i in range(rows)], pa.map_(pa.string(), pa.int32())),
        }
    ).replace_schema_metadata({"owner": "press"})


def check_parquet():
    codecs = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]
    for codec, version, dictionary in itertools.product(codecs, ["1.0", "2.0"], [True, False]):
        what = f"Parquet, {codec}, pages {version}, dictionary {dictionary}"
        before = table(1000)
        file = io.BytesIO()
        pq.write_table(
            before, file, compression=codec, data_page_version=version, use_dictionary=dictionary, row_group_size=300,
            data_page_size=2000, write_page_index=True, write_page_checksum=True,
            sorting_columns=[pq.SortingColumn(0)],
        )
        clean, restored = cleaned_and_restored(file.getvalue(), "--jobs", "2")
        old = pq.ParquetFile(io.BytesIO(file.getvalue()))
        new = pq.ParquetFile(io.BytesIO(clean), page_checksum_verification=True)
        assert new.schema_arrow.equals(old.schema_arrow, check_metadata=True), what
        assert new.metadata.metadata == old.metadata.metadata, what
        assert new.metadata.created_by == old.metadata.created_by, what
        after = new.read()
        texts = [text and text.replace("ADVERTISEMENT\n\n", "") for text in before["text"].to_pylist()]
        assert after["text"].to_pylist() == texts, what
        assert after.drop(["text"]).equals(before.drop(["text"])), what
        for group, column in itertools.product(range(old.num_row_groups), range(old.metadata.num_columns)):
            one, other = (file.metadata.row_group(group).column(column) for file in (old, new))
            assert (one.compression, one.has_offset_index) == (other.compression, other.has_offset_index), what
            if one.path_in_schema != "text":
                assert one.statistics == other.statistics, (what, one, other)
            assert other.statistics is None or other.statistics.num_values == one.statistics.num_values, what
        # Readers go by the statistics and the page index, which must not hide rows.
        wanted = CLEAN + "5"
        found = pq.read_table(io.BytesIO(clean), filters=[("text", "==", wanted)])
        assert found["id"].to_pylist() == [5], (what, found["id"])
        assert pq.read_table(io.BytesIO(restored)).equals(before), what
    print("ok: Parquet of", len(codecs) * 4, "kinds")


def archive(gzip):
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=gzip)
    for number in range(20):
        headers = {"WARC-Identified-Content-Language": "eng"}
        kind = ["conversion", "resource", "response", "metadata"][number % 4]
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://example.com/{number}", kind, payload=io.BytesIO(NOISY.encode()), warc_headers_dict=headers,
                warc_content_type="application/http; msgtype=response" if kind == "response" else "text/plain",
                http_headers=http if kind == "response" else None,
            )
        )
    return file.getvalue()


def check_warc():
    for gzip in [False, True]:
        what = f"WARC, gzip {gzip}"
        data = archive(gzip)
        # warcio refuses a compressed archive of which not every record is a member of its own.
        clean, restored = cleaned_and_restored(data, *(["--compress", "gzip"] if gzip else []))
        records = zip(ArchiveIterator(io.BytesIO(data)), ArchiveIterator(io.BytesIO(clean), check_digests="raise"), strict=True)
        cleaned = 0
        for old, new in records:
            changing = ("Content-Length", "WARC-Block-Digest", "WARC-Payload-Digest")
            kept = [header for header in old.rec_headers.headers if header[0] not in changing]
            assert kept == [header for header in new.rec_headers.headers if header[0] not in changing], what
            block = new.content_stream().read().decode()
            is_text = old.rec_type in ("conversion", "resource")
            assert block == (CLEAN if is_text else NOISY), (what, old.rec_type, block)
            cleaned += is_text
        assert cleaned == 10, what
        if not gzip:
            assert restored == data, what
    print("ok: WARC, compressed and not")


check_parquet()
check_warc()
