import { randomBytes, sign, generateKeyPairSync } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const DAY_MS = 86_400_000;
/** Ten years of 365 days. Peers hold on to the certificate itself, not to its dates. */
const VALID_MS = 3650 * DAY_MS;

/** A certificate and its key, both PEM. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly certificateKey: string;
}

function pem(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** Positive, and never shorter than it looks: 16 random bytes with the first between 0x40 and 0x7f. */
function serialNumber(): ArrayBuffer {
  const serial = new Uint8Array(16);
  serial.set(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial.buffer;
}

/** A self-signed certificate (RFC 5280) for a new P-256 key, CN=roundtable, from a day before `now` (ms since 1970) for ten years. It says nothing about anybody: peers pin its SHA-256. */
export function makeCertificate(now: number): MadeCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
  });
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const name = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({
        type: COMMON_NAME,
        value: new AttributeValue({ utf8String: "roundtable" }),
      }),
    ]),
  ]);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: name,
    subject: name,
    validity: new Validity({
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + VALID_MS),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(
      publicKey.export({ type: "spki", format: "der" }),
      SubjectPublicKeyInfo,
    ),
  });
  const signature = sign(
    "sha256",
    Buffer.from(AsnConvert.serialize(tbsCertificate)),
    privateKey,
  );
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: new Uint8Array(signature).buffer,
  });
  return {
    certificate: pem(AsnConvert.serialize(certificate)),
    certificateKey: privateKey
      .export({ type: "pkcs8", format: "pem" })
      .toString(),
  };
}
