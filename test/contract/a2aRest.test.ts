import { a2aContract } from "./a2a.contract.ts";
import { openSdkClient } from "./sdkClient.ts";

a2aContract("HTTP+JSON with the SDK's client", ({ address }) =>
  openSdkClient(address, "HTTP+JSON"),
);
