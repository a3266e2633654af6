/** Version of the API that is spoken, as listCapabilities, XML answers and clients' version checks know it. */
export const cloudStackVersion = '4.23.0.0'
